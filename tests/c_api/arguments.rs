//! Invalid arguments for every function that the header declares: NULL for each pointer, invalid UTF-8 for
//! each string, a negative limit and a token that was triggered for each call that blocks, options that were used for each
//! setter. The calls are generated, so that none can be forgotten; tests/c_api/states.rs has the states of other handles.

use crate::common;

use std::fmt::Write;

use common::c;
use common::header::{Function, Param, functions};

/// A valid argument, by its name in `tests/c/fixture.h`.
fn good(function: &Function, param: &Param) -> String {
    let text = match param.name.as_str() {
        "url" => "\"http://127.0.0.1:9\"",
        "origin" => "\"http://127.0.0.1:9\"",
        "id" => "\"abc\"",
        "json" => "ticket",
        "endpoint" => "\"conversions\"",
        "path" if function.name == "nitro_options_add_ca_file" => "arg(\"file\")",
        "path" => "saved_to",
        "folder" => "arg(\"folder\")",
        _ => "\"text\"",
    };
    let value = match param.kind.as_str() {
        "const char*" => text,
        "nitro_progress_fn" => "go_on_progress",
        "nitro_sink_fn" => "go_on_sink",
        "nitro_transfer_fn" => "go_on_transfer",
        "nitro_log_fn" => "no_log",
        "nitro_token_fn" => "no_token",
        "nitro_read_fn" => "no_bytes",
        "nitro_upload_fn" => "go_on_upload",
        "nitro_run_fn" => "go_on_run",
        "const nitro_submission_t*" => "to_send",
        "void*" => "&out_0",
        "const nitro_error_t*" => "error",
        "const nitro_options_t*" => "as_they_are",
        "nitro_code_t" | "size_t" | "uint32_t" | "double" => "0",
        "int32_t" | "int64_t" if param.name == "existing" => "NITRO_EXISTING_REPLACE",
        "int32_t" | "int64_t" => "1000",
        kind if kind.ends_with('*') && !param.is_output() => &param.name,
        other => panic!("{}: no good argument is known for a {other}", function.name),
    };
    value.to_owned()
}

/// How what came out through this parameter is freed, if it must be.
fn free(param: &Param) -> Option<String> {
    let handle = param.kind.strip_suffix("**")?;
    Some(match handle {
        "char" => "nitro_string_free".to_owned(),
        handle => handle.strip_suffix("_t").expect("a handle").to_owned() + "_free",
    })
}

/// One call, with `instead` for the parameter of this name, in a block of its own.
fn call(function: &Function, instead: Option<(&Param, &str)>, expected: &str) -> String {
    let (mut before, mut after, mut arguments) = (String::new(), String::new(), Vec::new());
    for (index, param) in function.params.iter().enumerate() {
        let replaced = instead.filter(|(which, _)| *which == param);
        if param.is_output() && param.name != "err" && replaced.is_none() {
            let base = param
                .kind
                .strip_suffix('*')
                .expect("a pointer")
                .replace('*', " *");
            writeln!(before, "        {base} place_{index} = {};", sentinel(param)).expect("a line");
            writeln!(after, "        CHECK(code == NITRO_OK || place_{index} == 0);").expect("a line");
            if let Some(free) = free(param) {
                writeln!(after, "        {free}(place_{index});").expect("a line");
            }
            arguments.push(format!("&place_{index}"));
        } else if let Some((_, value)) = replaced {
            arguments.push(value.to_owned());
        } else if param.name == "err" {
            arguments.push("&err".to_owned());
        } else {
            arguments.push(good(function, param));
        }
    }
    let call = format!("{}({})", function.name, arguments.join(", "));
    let what = call.replace('\\', "\\\\").replace('"', "'");
    format!(
        "    {{\n        int out_0 = 0;\n        nitro_code_t code;\n{before}        err_forget();\n        (void)out_0;\n        \
         code = {call};\n        check_that(__FILE__, __LINE__, \"{what}\", {expected});\n{after}    }}\n"
    )
}

/// What an output holds before: something that is neither NULL nor 0, so that the change is seen.
fn sentinel(param: &Param) -> &'static str {
    if param.kind.ends_with("**") {
        "(void *)&err"
    } else {
        "77"
    }
}

const REFUSED: &str =
    "code == NITRO_E_INVALID_ARGUMENT && nitro_error_code(err) == code && *nitro_error_message(err)";
const CANCELLED: &str = "code == NITRO_E_CANCELLED && nitro_error_code(err) == code";
const TAKEN: &str = "code != NITRO_E_INVALID_ARGUMENT";

/// All arguments NULL or 0. What cannot fail gives the empty value that its comment names.
fn all_null(function: &Function) -> String {
    let nothing = |param: &Param| if param.is_pointer() { "NULL" } else { "0" };
    let arguments: Vec<_> = function.params.iter().map(nothing).collect();
    let call = format!("{}({})", function.name, arguments.join(", "));
    let documents = |text: &str| function.doc.contains(text);
    let of_nothing = function.params.iter().any(Param::is_pointer);
    match function.returns.as_str() {
        _ if function.is_fallible() => format!("    CHECK({call} == NITRO_E_INVALID_ARGUMENT);\n"),
        "void" => format!("    {call};\n"),
        "const char*" if !of_nothing => format!("    CHECK(*{call} != 0);\n"),
        "const char*" if documents("never NULL") => format!("    CHECK_TEXT({call}, \"\");\n"),
        "const char*" => format!("    CHECK({call} == NULL);\n"),
        "double" => format!("    CHECK({call} < 0.0);\n"),
        // Borrowed values: of the library, or of the program itself.
        kind if kind.starts_with("const ") || kind == "void*" => format!("    CHECK({call} == NULL);\n"),
        kind if kind.ends_with('*') => {
            let param = Param {
                kind: format!("{kind}*"),
                name: String::new(),
            };
            format!("    {}({call});\n", free(&param).expect("a handle"))
        }
        _ if !of_nothing => format!("    CHECK({call} > 0);\n"),
        _ if documents("-1 if") => format!("    CHECK_NUMBER({call}, -1);\n"),
        _ => format!("    CHECK_NUMBER({call}, 0);\n"),
    }
}

fn program(function: &Function) -> String {
    let mut body = all_null(function);
    if !function.is_fallible() {
        return body;
    }
    for param in &function.params {
        if param.is_pointer() {
            let expected = match (function.may_be_null(param), param.name.as_str()) {
                (true, _) => TAKEN,
                (false, _) => REFUSED,
            };
            body += &call(function, Some((param, "NULL")), expected);
        }
        if param.is_text() {
            for broken in ["\"\\xff\"", "\"a\\xc3\"", "\"\\xed\\xa0\\x80\""] {
                body += &call(function, Some((param, broken)), REFUSED);
            }
        }
        if param.name == "timeout_ms" {
            for limit in ["-2", "INT64_MIN"] {
                body += &call(function, Some((param, limit)), REFUSED);
            }
        }
        if param.name == "cancel" {
            body += &call(function, Some((param, "triggered")), CANCELLED);
        }
        if param.kind == "nitro_options_t*" {
            body += &call(function, Some((param, "used")), "code == NITRO_OK");
        }
    }
    body
}

#[test]
fn every_function_rejects_invalid_arguments() {
    let mut functions = functions();
    // Takes a value that only a callback receives: see tests/c/token.c.
    functions.retain(|function| function.name != "nitro_token_set");
    let mut source = "#include \"fixture.h\"\n\n".to_owned();
    for function in &functions {
        writeln!(
            source,
            "static void test_{}(void) {{\n{}}}\n",
            function.name,
            program(function)
        )
        .expect("text");
    }
    source += "int main(int argc, char **argv) {\n    set_up(argc, argv);\n";
    for function in &functions {
        writeln!(source, "    test_{}();", function.name).expect("text");
    }
    source += "    return tear_down();\n}\n";

    let generated = c::build_dir().join("arguments.c");
    std::fs::write(&generated, source).expect("the generated program");
    let program = c::build_dir().join("arguments");
    c::compile(
        &[&generated, &c::root().join("tests/c/check.c")],
        &c::library(),
        &program,
    );

    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let job = emulator.create_job(nitro_emulator::Scenario::instant());
    c::at(program, &emulator.base_url(), &emulator.token())
        .arg("job", job)
        .arg("folder", folder.path())
        .arg("file", c::root().join("Cargo.toml"))
        .passes();
}
