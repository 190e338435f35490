// Header and library have the same version, and each code has a name, an enumerator and an exception. Twin of
// tests/c/version.c.
#include "check.hpp"

namespace version_twin {

#if NITRO_HPP_EXCEPTIONS
template <class E> bool is(const nitro::error &thrown) { return dynamic_cast<const E *>(&thrown) != nullptr; }

// The code is thrown as the class of its group.
void is_thrown(code what) {
    const auto number = static_cast<int>(what);
    nitro::error_info info;
    info.code = what;
    info.message = code_text(what);
    try {
        nitro::raise(info);
    } catch (const nitro::error &thrown) {
        CHECK(thrown.code() == what && thrown.info().code == what);
        CHECK_TEXT(thrown.what(), info.message);
        CHECK(is<nitro::argument_error>(thrown) == (number == NITRO_E_INVALID_ARGUMENT));
        CHECK(is<nitro::library_error>(thrown) == (number > 1 && number < 10));
        CHECK(is<nitro::interrupted_error>(thrown) == (number == 10 || number == 11));
        CHECK(is<nitro::timeout_error>(thrown) == (number == 12 || number == 13));
        CHECK(is<nitro::wait_timeout_error>(thrown) == (number == 13));
        CHECK(is<nitro::connection_error>(thrown) == (number / 10 == 2 || number / 10 == 3));
        CHECK(is<nitro::service_error>(thrown) == (number / 10 == 4 || number / 10 == 5));
        CHECK(is<nitro::job_error>(thrown) == (number / 10 == 6));
        CHECK(is<nitro::file_error>(thrown) == (number / 10 == 7));
        CHECK(is<nitro::cancelled_error>(thrown) == (number == NITRO_E_CANCELLED));
        CHECK(is<nitro::unauthorized_error>(thrown) == (number == NITRO_E_UNAUTHORIZED));
        CHECK(is<nitro::not_found_error>(thrown) == (number == NITRO_E_NOT_FOUND || number == NITRO_E_GONE));
        CHECK(is<nitro::rate_limited_error>(thrown) == (number == NITRO_E_RATE_LIMITED));
        CHECK(is<nitro::job_failed_error>(thrown) == (number == NITRO_E_JOB_FAILED));
        CHECK(is<nitro::job_canceled_error>(thrown) == (number == NITRO_E_JOB_CANCELED));
        static_assert(std::is_nothrow_copy_constructible<nitro::error>::value, "as every exception must be");
    }
}
#else
void is_thrown(code) {}
#endif

void run() {
    CHECK_TEXT(nitro::version(), NITRO_VERSION);
    CHECK_NUMBER(nitro::version_number(), NITRO_VERSION_NUMBER);
    CHECK(given().named.size() > 37);
    for (const std::string &each : given().named) {
        const std::size_t at = each.find('=');
        const auto what = static_cast<code>(std::atoi(each.c_str() + at + 1));
        CHECK_TEXT(code_name(what), each.substr(0, at));
        CHECK_TEXT(code_text(what), nitro_code_text(static_cast<nitro_code_t>(what)));
        if (what != code::ok) is_thrown(what);
    }
    // A code that a later version adds is thrown, too.
    is_thrown(static_cast<code>(59));
    is_thrown(static_cast<code>(999));
    CHECK_TEXT(code_name(static_cast<code>(-1)), "NITRO_E_?");
}

} // namespace version_twin
TWIN(version);
