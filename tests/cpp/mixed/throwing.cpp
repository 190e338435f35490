// One half of a program in which one file throws and the other one returns.
#include <nitro_jobs.hpp>

int throwing();
int throwing() {
    try {
        nitro::client client{nitro::options()};
        return client.job_from_id("..").id().empty();
    } catch (const nitro::argument_error &refused) {
        return refused.code() == nitro::code::invalid_argument;
    }
}
