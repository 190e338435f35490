// One half of a program in which one file throws errors and the other one returns them.
#include <nitro_jobs.hpp>

int throwing();
int throwing() {
    try {
        nitro::client client{nitro::options()};
        return client.job_from_id("..").id().empty();
    } catch (const nitro::argument_error &error) {
        return error.code() == nitro::code::invalid_argument;
    }
}
