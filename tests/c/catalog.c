/* The catalogue from C: it is always the same borrowed string, and submissions are checked against it. */
#include "check.h"

static const uint8_t document[] = "%PDF-1.7 a document";

static nitro_submission_t *some_submission(const char *endpoint, const char *method, const char *params) {
    nitro_submission_t *submission = NULL;
    OK(nitro_submission_new(endpoint, method, &submission, &err));
    OK(nitro_submission_set_params_json(submission, params, &err));
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, document, sizeof document - 1, &err));
    return submission;
}

static void rejected(const char *endpoint, const char *method, const char *params, const char *part) {
    nitro_submission_t *submission = some_submission(endpoint, method, params);
    FAILS(nitro_submission_check(submission, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK_HOLDS(nitro_error_message(err), part);
    nitro_submission_free(submission);
}

static void passes(const char *endpoint, const char *method, const char *params) {
    nitro_submission_t *submission = some_submission(endpoint, method, params);
    OK(nitro_submission_check(submission, &err));
    nitro_submission_free(submission);
}

int main(int argc, char **argv) {
    const char *json = nitro_catalog_json();
    begin(argc, argv);
    CHECK(json == nitro_catalog_json());
    CHECK(json[0] == '[' && json[strlen(json) - 2] == ']');
    CHECK_HOLDS(json, "\"name\":\"extract-pii-bounding-boxes\"");
    CHECK_HOLDS(json, "\"enum\":[\"web\",\"print\",\"archive\"");
    printf("%s", json);

    rejected("transformations", "merge", "{}", "merge: it takes at least 2 documents");
    rejected("transformations", "optimize", "{\"profile\":\"small\"}", "profile: it must be one of web, print");
    rejected("conversions", "convert", "{\"to\":\"pdf\"}", "document 1 is application/pdf, and it takes doc");
    rejected("conversions", "convert", "{}", "convert: to: it is required: one of pdf, pdfa, docx");
    rejected("transformations", "ocr", "{\"langauge\":\"german\"}", "langauge: there is no such parameter; did you mean language?");
    passes("transformations", "optimize", "{\"profile\":\"web\"}");
    passes("transformations", "added-later", "{\"any\":[1]}");
    return end();
}
