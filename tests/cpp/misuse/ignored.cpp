// The same where nothing can be thrown: no outcome may be ignored, of whatever call.
#define NITRO_NO_EXCEPTIONS
#include <nitro_jobs.hpp>

void cases(nitro::job &job, nitro::options &options, nitro::submission &submission);
void cases(nitro::job &job, nitro::options &options, nitro::submission &submission) {
    // case none:
    (void)job.wait();
    if (!options.retries(1)) return;
    // case a wait whose end nobody looks at: nodiscard
    job.wait();
    // case a file that may not have been saved: nodiscard
    job.download("a");
    // case an option that may not have been set: nodiscard
    options.retries(1);
    // case a document that may not have been added: nodiscard
    submission.add_file("a.pdf");
    // case an outcome taken for its value: no matching|cannot convert|no viable conversion|conversion from
    const nitro::job_status status = job.status();
    // case end
}
