// The other half, which returns errors although the compiler has exceptions.
#define NITRO_NO_EXCEPTIONS
#include <nitro_jobs.hpp>

int throwing();
int main() {
    const nitro::client client = nitro::client::make(nitro::options()).value();
    const nitro::outcome<nitro::job> job = client.job_from_id("..");
    return job.code() == nitro::code::invalid_argument && throwing() == 1 ? 0 : 1;
}
