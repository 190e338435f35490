// The catalogue from C++, and submissions that are checked against it. Twin of tests/c/catalog.c.
#include "check.hpp"

namespace catalog_twin {

nitro::submission some_submission(const char *endpoint, const char *method, const char *params) {
    nitro::submission submission = OK(nitro::submission::make(endpoint, method));
    OK(submission.params_json(params));
    OK(submission.add_bytes("a.pdf", std::string("%PDF-1.7 a document")));
    return submission;
}

void rejected(const char *endpoint, const char *method, const char *params, const char *part) {
    const nitro::submission submission = some_submission(endpoint, method, params);
    CHECK_HOLDS(FAILS(invalid_argument, submission.check()).message, part);
}

void run() {
    const std::string json = nitro::catalog_json();
    CHECK(json[0] == '[' && json[json.size() - 2] == ']');
    CHECK_HOLDS(json, "\"name\":\"extract-pii-bounding-boxes\"");
    CHECK_HOLDS(json, "\"enum\":[\"web\",\"print\",\"archive\"");
    std::printf("%s", json.c_str());

    rejected("transformations", "merge", "{}", "merge: it takes at least 2 documents");
    rejected("transformations", "optimize", "{\"profile\":\"small\"}", "profile: it must be one of web, print");
    rejected("conversions", "convert", "{\"to\":\"pdf\"}", "document 1 is application/pdf, and it takes doc");
    rejected("conversions", "convert", "{}", "convert: to: it is required: one of pdf, pdfa, docx");
    rejected("transformations", "ocr", "{\"langauge\":\"german\"}", "langauge: there is no such parameter; did you mean language?");
    OK(some_submission("transformations", "optimize", "{\"profile\":\"web\"}").check());
    OK(some_submission("transformations", "added-later", "{\"any\":[1]}").check());
    FAILS(invalid_argument, nitro::submission().check());
}

} // namespace catalog_twin
TWIN(catalog);
