// The result as JSON, in every shape. Twin of tests/c/result.c.
#include "check.hpp"

namespace result_twin {

using nitro::result_kind;

nitro::job_result result_of(const nitro::client &client, const char *name, result_kind kind) {
    const nitro::job_result result = OK(job_named(client, name).result());
    CHECK(result.kind() == kind);
    CHECK_HOLDS(result.json(), arg(name));
    const std::string value = OK(result.value_json());
    CHECK_HOLDS(result.json(), value); // Byte for byte as received.
    CHECK(kind == result_kind::form_fields || value.size() < result.json().size());
#if NITRO_HPP_LENDS
    CHECK(result.json_view() == result.json());
    CHECK(result.text_view() == result.text());
#endif
    return OK(job_named(client, name).result(nitro::no_limit));
}

void not_a_file(const nitro::client &client, const char *name, result_kind kind) {
    const nitro::job_result result = result_of(client, name, kind);
    CHECK_NUMBER(result.file_count(), 0);
    CHECK(result.files().empty());
    const nitro::file_info file = result.file(0);
    CHECK_TEXT(file.url, "");
    CHECK_TEXT(file.content_type, "");
    CHECK_NUMBER(file.size, -1);
    CHECK_NUMBER(file.pages, -1);
    if (kind != result_kind::text) CHECK_TEXT(result.text(), "");
}

void files(const nitro::client &client) {
    nitro::job_result result = result_of(client, "file", result_kind::file);
    CHECK_NUMBER(result.file_count(), 1);
    CHECK_HOLDS(result.file(0).url, "http://");
    CHECK_TEXT(result.file(0).content_type, "application/pdf");
    CHECK_NUMBER(result.file(0).size, 1234);
    CHECK(result.file(0).pages >= 0);
    CHECK_TEXT(result.file(1).url, "");
    CHECK_TEXT(result.file(static_cast<std::size_t>(-1)).url, "");

    result = result_of(client, "files", result_kind::files);
    CHECK_NUMBER(result.file_count(), 3);
    CHECK_NUMBER(result.files().size(), 3);
    for (const nitro::file_info &file : result.files()) CHECK_HOLDS(file.url, "http://");

    result = result_of(client, "delivered", result_kind::file);
    CHECK_NUMBER(result.file_count(), 1);
    CHECK_TEXT(result.file(0).url, "");
}

// {"result":"a\u0000b \ud83d\ude00 \"q\"\n"}: decoded, and without the NUL, which would end the string in C.
void decoded(const nitro::client &client) {
    CHECK_TEXT(result_of(client, "escaped", result_kind::text).text(), "ab \xF0\x9F\x98\x80 \"q\"\n");
}

void run() {
    const nitro::client client = some_client();
    files(client);
    decoded(client);
    not_a_file(client, "text", result_kind::text);
    not_a_file(client, "tables", result_kind::tables);
    not_a_file(client, "text_boxes", result_kind::text_boxes);
    not_a_file(client, "text_boxes_queries", result_kind::text_boxes);
    not_a_file(client, "pii_boxes", result_kind::pii_boxes);
    not_a_file(client, "properties", result_kind::properties);
    not_a_file(client, "form", result_kind::form);
    not_a_file(client, "fillable", result_kind::form_fields);
    not_a_file(client, "fillable_unwrapped", result_kind::form_fields);
    not_a_file(client, "unknown", result_kind::unknown);

    CHECK(FAILS(not_ready, job_named(client, "running").result()).retryable);
    FAILS(job_canceled, job_named(client, "canceled").result());
    FAILS(gone, job_named(client, "gone").result());
    FAILS(not_found, job_named(client, "lost").result());
    const nitro::error_info err = FAILS(job_failed, job_named(client, "failed").result()); // In a 200 response.
    CHECK_TEXT(err.problem_type, "PDFIsPasswordProtected");
    CHECK_TEXT(err.problem_title, "The PDF needs a password");
}

} // namespace result_twin
TWIN(result);
