// The same without exceptions: no outcome of any call may be ignored.
#define NITRO_NO_EXCEPTIONS
#include <nitro_jobs.hpp>

void cases(nitro::job &job, nitro::options &options, nitro::submission &submission);
void cases(nitro::job &job, nitro::options &options, nitro::submission &submission) {
    // case none:
    (void)job.wait();
    if (!options.retries(1)) return;
    // case an ignored wait: nodiscard
    job.wait();
    // case an ignored download: nodiscard
    job.download("a");
    // case an ignored setter: nodiscard
    options.retries(1);
    // case an ignored document: nodiscard
    submission.add_file("a.pdf");
    // case an outcome converted to its value: no matching|cannot convert|no viable conversion|conversion from
    const nitro::job_status status = job.status();
    // case end
}
