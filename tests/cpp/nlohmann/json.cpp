// Conversion of results to nlohmann::json. Arguments: the jobs tables, file, text, failed, html.
#include "check.hpp"

#include <nitro_jobs_nlohmann.hpp>

namespace json_twin {

void run() {
    using nlohmann::json;
    nitro::options options = some_options();
    SET(options.retries(0));
    const nitro::client client = client_with(options);

    const nitro::job_result tables = OK(job_named(client, "tables").result());
    const json value = tables;
    CHECK(value.is_object() && value == json::parse(OK(tables.value_json())));
    CHECK(json(OK(job_named(client, "text").result())).is_string());

    const nitro::job_result files = OK(job_named(client, "file").result());
    const json file = files.file(0), all = files.files();
    CHECK(file["contentType"] == "application/pdf" && file["size"] == 1234 && all.size() == 1 && all[0] == file);
    CHECK(json(nitro::file_info()) == json::object());

    const nitro::job_status status = OK(job_named(client, "text").status());
    CHECK(json(status)["status"] == "completed" && json(status.view()) == json(status));
    CHECK(json(nitro::job_status()).is_null());

    const json failed = FAILS(job_failed, job_named(client, "failed").wait());
    CHECK(failed["code"] == "NITRO_E_JOB_FAILED" && failed["retryable"] == false);
    CHECK_HOLDS(failed["problem"].dump(), "PDFIsPasswordProtected");
    CHECK(failed["ticket"]["jobID"] == arg("failed"));
    const json html = FAILS(service, job_named(client, "html").status());
    CHECK(html["httpStatus"] == 502 && html["problem"] == "<html>Bad gateway</html>");
}

} // namespace json_twin
TWIN(json);
#include "main.inc"
