//! Handles in states in which a function cannot succeed: used up, ended, cancelled, of another kind. Each function of
//! the header has a row, or is called so by tests/c_api/arguments.rs, or states why there is no such state.

use crate::common;

use std::fmt::Write;

use common::c;
use common::header::{Function, functions};
use nitro_emulator::{Clock, Outcome, Scenario, Shape, StatusName};

/// What a function does then, by its name in `tests/c/states.h`.
#[rustfmt::skip]
const STATES: &[(&str, &str)] = &[
    ("nitro_error_code", "CHECK_NUMBER(nitro_error_code(plain), NITRO_E_INVALID_ARGUMENT);"),
    ("nitro_error_message", "CHECK(*nitro_error_message(plain));"),
    ("nitro_error_http_status", "CHECK_NUMBER(nitro_error_http_status(plain), 0);"),
    ("nitro_error_problem_type", "CHECK(!nitro_error_problem_type(plain));"),
    ("nitro_error_problem_title", "CHECK(!nitro_error_problem_title(plain));"),
    ("nitro_error_problem_detail", "CHECK(!nitro_error_problem_detail(plain));"),
    ("nitro_error_problem_json", "CHECK(!nitro_error_problem_json(plain));"),
    ("nitro_error_retry_after_ms", "CHECK_NUMBER(nitro_error_retry_after_ms(plain), -1);"),
    ("nitro_error_is_retryable", "CHECK_NUMBER(nitro_error_is_retryable(plain), 0);"),
    ("nitro_error_limit", "CHECK_NUMBER(nitro_error_limit(plain), NITRO_LIMIT_NONE);"),
    ("nitro_error_reference_id", "CHECK(!nitro_error_reference_id(plain));"),
    ("nitro_error_is_uncertain", "CHECK_NUMBER(nitro_error_is_uncertain(plain), 0);"),
    ("nitro_error_ticket_json", "CHECK(!nitro_error_ticket_json(plain));"),
    ("nitro_error_path", "CHECK(!nitro_error_path(plain));"),
    ("nitro_error_os_error", "CHECK_NUMBER(nitro_error_os_error(plain), 0);"),
    ("nitro_code_name", r#"CHECK_TEXT(nitro_code_name(-7), "NITRO_E_?"); CHECK_TEXT(nitro_code_name(INT32_MAX), "NITRO_E_?");"#),
    ("nitro_code_text", "CHECK(*nitro_code_text(-7)); CHECK(*nitro_code_text(INT32_MIN));"),
    ("nitro_cancel_trigger", "nitro_cancel_trigger(triggered); CHECK_NUMBER(nitro_cancel_is_triggered(triggered), 1);"),
    ("nitro_cancel_is_triggered", "CHECK_NUMBER(nitro_cancel_is_triggered(triggered), 1);"),
    ("nitro_client_new", "nitro_client_t *third = NULL; OK(nitro_client_new(used, &third, &err)); nitro_client_free(third);"),
    ("nitro_job_from_json", "nitro_job_t *same = NULL; OK(nitro_job_from_json(client, ticket, &same, &err)); nitro_job_free(same);"),
    ("nitro_job_json", "char *json = NULL; OK(nitro_job_json(orphan, &json, NULL, &err)); CHECK(*json); nitro_string_free(json);"),
    ("nitro_job_id", r#"CHECK_TEXT(nitro_job_id(orphan), arg("done"));"#),
    ("nitro_job_reference_id", "CHECK(*nitro_job_reference_id(orphan));"),
    ("nitro_job_result_bytes", "nitro_job_t *none = job_named(client, \"text\"); \
        FAILS(nitro_job_result_bytes(none, no_more, NULL, NULL, -1, NULL, NULL, &err), NITRO_E_UNEXPECTED_RESULT); nitro_job_free(none);"),
    ("nitro_job_download", "nitro_job_t *none = job_named(client, \"text\"); \
        FAILS(nitro_job_download(none, \"/tmp/nowhere\", 0, NULL, NULL, NULL, -1, NULL, &err), NITRO_E_UNEXPECTED_RESULT); nitro_job_free(none);"),
    ("nitro_job_download_all", "nitro_job_t *none = job_named(client, \"text\"); \
        FAILS(nitro_job_download_all(none, arg(\"folder\"), 0, NULL, NULL, NULL, -1, NULL, &err), NITRO_E_UNEXPECTED_RESULT); nitro_job_free(none);"),
    ("nitro_job_events", "nitro_events_t *more = NULL; OK(nitro_job_events(orphan, &more, &err)); nitro_events_free(more);"),
    ("nitro_events_next", "nitro_status_t *none = paused; OK(nitro_events_next(ended, NULL, 0, &none, &err)); CHECK(!none); \
        OK(nitro_events_next(ended, NULL, 0, &none, &err)); CHECK(!none);"),
    ("nitro_status_state", "CHECK_NUMBER(nitro_status_state(paused), NITRO_STATE_UNKNOWN);"),
    ("nitro_status_name", r#"CHECK_TEXT(nitro_status_name(paused), "paused");"#),
    ("nitro_status_progress", "CHECK(nitro_status_progress(paused) <= 1.0);"),
    ("nitro_status_is_terminal", "CHECK_NUMBER(nitro_status_is_terminal(paused), 0);"),
    ("nitro_status_json", "CHECK(*nitro_status_json(paused, NULL));"),
    ("nitro_result_kind", "CHECK_NUMBER(nitro_result_kind(text), NITRO_RESULT_TEXT);"),
    ("nitro_result_file_count", "CHECK_NUMBER(nitro_result_file_count(text), 0);"),
    ("nitro_result_file_url", "CHECK(!nitro_result_file_url(text, 0)); CHECK(!nitro_result_file_url(file, 1)); CHECK(!nitro_result_file_url(file, SIZE_MAX));"),
    ("nitro_result_file_content_type", "CHECK(!nitro_result_file_content_type(text, 0)); CHECK(!nitro_result_file_content_type(file, 1));"),
    ("nitro_result_file_size", "CHECK_NUMBER(nitro_result_file_size(text, 0), -1); CHECK_NUMBER(nitro_result_file_size(file, 1), -1);"),
    ("nitro_result_file_pages", "CHECK_NUMBER(nitro_result_file_pages(text, 0), -1); CHECK_NUMBER(nitro_result_file_pages(file, 1), -1);"),
    ("nitro_result_text", "size_t length = 7; CHECK(!nitro_result_text(file, &length)); CHECK_NUMBER(length, 0);"),
    ("nitro_result_json", "CHECK(*nitro_result_json(text, NULL));"),
    ("nitro_result_value_json", "char *json = NULL; OK(nitro_result_value_json(text, &json, NULL, &err)); nitro_string_free(json);"),
    ("nitro_watch_new", "nitro_watch_t *none = NULL; FAILS(nitro_watch_new(client, 257, 0.0, &none, &err), NITRO_E_INVALID_ARGUMENT); CHECK(!none); \
        FAILS(nitro_watch_new(client, 1, -1.0, &none, &err), NITRO_E_INVALID_ARGUMENT); CHECK(!none);"),
    ("nitro_watch_add", "uint64_t first = 0, second = 0; OK(nitro_watch_add(empty, orphan, NULL, &first, &err)); \
        OK(nitro_watch_add(empty, orphan, NULL, &second, &err)); CHECK(first != 0); CHECK_NUMBER(nitro_watch_remove(empty, second), 1); \
        /* If the job ended between the two, each has an id. */ nitro_watch_remove(empty, first);"),
    ("nitro_watch_remove", "CHECK_NUMBER(nitro_watch_remove(empty, 0), 0); CHECK_NUMBER(nitro_watch_remove(empty, UINT64_MAX), 0);"),
    ("nitro_watch_count", "CHECK_NUMBER(nitro_watch_count(empty), 0);"),
    ("nitro_watch_next", "nitro_watch_event_t *none = given_up; OK(nitro_watch_next(empty, NULL, 0, &none, &err)); CHECK(!none);"),
    ("nitro_watch_event_id", "CHECK(nitro_watch_event_id(given_up) != 0);"),
    ("nitro_watch_event_user_data", "CHECK(nitro_watch_event_user_data(given_up) == &client);"),
    ("nitro_watch_event_job_id", r#"CHECK_TEXT(nitro_watch_event_job_id(given_up), arg("lost"));"#),
    ("nitro_watch_event_is_last", "CHECK_NUMBER(nitro_watch_event_is_last(given_up), 1);"),
    ("nitro_watch_event_code", "CHECK_NUMBER(nitro_watch_event_code(given_up), NITRO_E_NOT_FOUND);"),
    ("nitro_watch_event_status", "CHECK(!nitro_watch_event_status(given_up));"),
    ("nitro_watch_event_error", "CHECK_NUMBER(nitro_error_code(nitro_watch_event_error(given_up)), NITRO_E_NOT_FOUND);"),
    ("nitro_submission_set_params_json", r#"OK(nitro_submission_set_params_json(spent, "{}", &err));"#),
    ("nitro_submission_set_delivery_json", r#"OK(nitro_submission_set_delivery_json(spent, "{}", &err));"#),
    ("nitro_submission_set_presigned_upload", "OK(nitro_submission_set_presigned_upload(spent, 0, &err));"),
    ("nitro_submission_add_file", r#"OK(nitro_submission_add_file(spent, arg("file"), "text/plain", &err));"#),
    ("nitro_submission_add_bytes", r#"OK(nitro_submission_add_bytes(spent, "b.pdf", NULL, NULL, 0, &err));"#),
    ("nitro_submission_add_reader", r#"OK(nitro_submission_add_reader(spent, "c.pdf", NULL, 5, five_bytes, NULL, &err));"#),
    ("nitro_submission_add_url", r#"OK(nitro_submission_add_url(spent, "http://127.0.0.1:9/d.pdf", "application/pdf", &err));"#),
    ("nitro_submission_check", "FAILS(nitro_submission_check(spent, &err), NITRO_E_INVALID_ARGUMENT);"),
    ("nitro_client_submit", "nitro_job_t *none = orphan; FAILS(nitro_client_submit(client, spent, NULL, NULL, NULL, -1, &none, &err), \
        NITRO_E_INVALID_ARGUMENT); CHECK(!none);"),
    ("nitro_client_run", "FAILS(nitro_client_run(client, spent, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, &err), NITRO_E_INVALID_ARGUMENT);"),
    ("nitro_client_run_all", "FAILS(nitro_client_run_all(client, spent, arg(\"folder\"), 0, NULL, NULL, NULL, 0, NULL, NULL, &err), NITRO_E_INVALID_ARGUMENT);"),
];

/// Why there is no state in which the function could be wrong to call.
const NONE: &[(&str, &str)] = &[
    ("nitro_version", "takes nothing"),
    ("nitro_version_number", "takes nothing"),
    ("nitro_catalog_json", "takes nothing"),
    ("nitro_cancel_new", "takes nothing"),
    ("nitro_options_new", "takes nothing"),
    (
        "nitro_options_from_env",
        "takes no handle; tests/c_api/options.rs has the environment",
    ),
    ("nitro_submission_new", "takes no handle"),
    (
        "nitro_job_from_id",
        "a client has no states, and the id is an argument",
    ),
    (
        "nitro_token_set",
        "its handle lives in a callback; tests/c/token.c has it",
    ),
];

/// Called with a wrong state by tests/c_api/arguments.rs: a triggered token, or options that were used.
fn is_generated(function: &Function) -> bool {
    let wrong = |kind: &str| kind == "const nitro_cancel_t*" || kind == "nitro_options_t*";
    function.is_fallible() && function.params.iter().any(|param| wrong(&param.kind))
}

#[test]
fn every_function_has_wrong_states_tested_or_a_reason_for_none() {
    let functions = functions();
    for function in &functions {
        let name = function.name.as_str();
        let row = STATES.iter().any(|(named, _)| *named == name);
        let reason = NONE.iter().any(|(named, _)| *named == name);
        // Each state of a handle is one that it can be freed in: `tear_down` does.
        let frees = name.ends_with("_free");
        assert!(
            row || reason || frees || is_generated(function),
            "{name}: no state that is wrong for it, and no reason"
        );
        assert!(!(row && reason), "{name}: both");
    }
    for (name, row) in STATES.iter().chain(NONE) {
        assert!(
            functions.iter().any(|function| function.name == *name),
            "{name} is gone"
        );
        assert!(
            row.contains(&format!("{name}(")) || NONE.contains(&(name, row)),
            "{name} is not called"
        );
    }
}

#[test]
fn handles_in_a_wrong_state_are_rejected() {
    let mut source = "#include \"states.h\"\n\nstatic int32_t no_more(const uint8_t *data, size_t length, void *user_data) {\n    \
        (void)data;\n    (void)length;\n    (void)user_data;\n    return 1;\n}\n\n"
        .to_owned();
    for (name, row) in STATES {
        writeln!(source, "static void test_{name}(void) {{ {row} }}").expect("text");
    }
    source += "\nint main(int argc, char **argv) {\n    set_up(argc, argv);\n";
    for (name, _) in STATES {
        writeln!(source, "    test_{name}();").expect("text");
    }
    source += "    return tear_down();\n}\n";

    let generated = c::build_dir().join("states.c");
    std::fs::write(&generated, source).expect("the generated program");
    let program = c::build_dir().join("states");
    c::compile(
        &[&generated, &c::root().join("tests/c/check.c")],
        &c::library(),
        &program,
    );

    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let job = |scenario: Scenario| emulator.create_job(scenario);
    let unknown = StatusName {
        name: "paused".to_owned(),
        times: 9,
    };
    let paused = Scenario::new().clock(Clock::Manual).status_name(unknown);
    c::at(program, &emulator.base_url(), &emulator.token())
        .arg("done", job(Scenario::instant()))
        .arg("text", job(Scenario::instant().shape(Shape::Text)))
        .arg("paused", job(paused))
        .arg("lost", job(Scenario::instant().outcome(Outcome::Lost)))
        .arg("folder", folder.path())
        .arg("file", c::root().join("Cargo.toml"))
        .passes();
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 0);
}
