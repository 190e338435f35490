// One status request. Twin of tests/c/status.c.
#include "check.hpp"

namespace status_twin {

void has_status(const nitro::client &client, const char *name, nitro::job_state state, const char *state_name, bool ended) {
    nitro::job job = job_named(client, name);
    const nitro::job_status status = OK(job.status());
    job.reset(); // The status does not need it.
    CHECK(status.state() == state);
    CHECK_TEXT(status.name(), state_name);
    CHECK(status.is_terminal() == ended);
    CHECK_HOLDS(status.json(), "{");

    const nitro::status_info info = status.info();
    CHECK(info.state == state && info.name == state_name && info.terminal == ended);
    CHECK(info == status.view().info() && info != nitro::status_info());
#if NITRO_HPP_LENDS
    CHECK(status.name_view() == state_name && status.view().name_view() == state_name);
    CHECK(status.json_view() == status.json());
#endif
}

double progress(const nitro::client &client, const char *name) {
    return OK(job_named(client, name).status(nitro::no_limit)).progress();
}

void run() {
    const nitro::client client = some_client();
    has_status(client, "running", nitro::job_state::running, "running", false);
    has_status(client, "completed", nitro::job_state::completed, "completed", true);
    has_status(client, "redirect", nitro::job_state::completed, "completed", true);
    has_status(client, "failed", nitro::job_state::failed, "failed", true);
    has_status(client, "canceled", nitro::job_state::canceled, "canceled", true);
    has_status(client, "paused", nitro::job_state::unknown, "paused", false);
    has_status(client, "no_status", nitro::job_state::running, "running", false);

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
