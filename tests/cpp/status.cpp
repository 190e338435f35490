// One question, one answer. Twin of tests/c/status.c.
#include "check.hpp"

namespace status_twin {

void stands(const nitro::client &client, const char *name, nitro::job_state state, const char *word, bool ended) {
    nitro::job job = job_named(client, name);
    const nitro::job_status status = OK(job.status());
    job.reset(); // The status does not need it.
    CHECK(status.state() == state);
    CHECK_TEXT(status.name(), word);
    CHECK(status.is_terminal() == ended);
    CHECK_HOLDS(status.json(), "{");

    const nitro::status_info kept = status.info();
    CHECK(kept.state == state && kept.name == word && kept.terminal == ended);
    CHECK(kept == status.view().info() && kept != nitro::status_info());
#if NITRO_HPP_LENDS
    CHECK(status.name_view() == word && status.view().name_view() == word);
    CHECK(status.json_view() == status.json());
#endif
}

double progress(const nitro::client &client, const char *name) {
    return OK(job_named(client, name).status(nitro::no_limit)).progress();
}

void run() {
    const nitro::client client = some_client();
    stands(client, "running", nitro::job_state::running, "running", false);
    stands(client, "completed", nitro::job_state::completed, "completed", true);
    stands(client, "redirect", nitro::job_state::completed, "completed", true);
    stands(client, "failed", nitro::job_state::failed, "failed", true);
    stands(client, "canceled", nitro::job_state::canceled, "canceled", true);
    stands(client, "paused", nitro::job_state::unknown, "paused", false);
    stands(client, "silent", nitro::job_state::running, "running", false);

    CHECK(progress(client, "half") > 0.49 && progress(client, "half") < 0.51);
    CHECK(progress(client, "half_percent") > 0.49 && progress(client, "half_percent") < 0.51);
    CHECK(progress(client, "completed") < 0.0);

    const nitro::job gone = job_named(client, "gone"), lost = job_named(client, "lost");
    nitro::error_info err = FAILS(gone, gone.status());
    CHECK_NUMBER(err.http_status, 410);
    CHECK_TEXT(err.reference_id, gone.reference_id());
    err = FAILS(not_found, lost.status());
    CHECK_NUMBER(err.http_status, 404);
    CHECK_TEXT(err.reference_id, lost.reference_id());
}

} // namespace status_twin
TWIN(status);
