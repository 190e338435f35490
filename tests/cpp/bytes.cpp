// The result as bytes, to a sink. Twin of tests/c/bytes.c.
#include "check.hpp"

namespace bytes_twin {

struct sink {
    std::vector<std::uint8_t> bytes;
    std::size_t stop_at = 0; // Says stop once it has so many; 0 for never.
    int after_stop = 0;

    bool take(const std::uint8_t *data, std::size_t length) {
        after_stop += stop_at && bytes.size() >= stop_at;
        CHECK(length > 0);
        bytes.insert(bytes.end(), data, data + length);
        return !stop_at || bytes.size() < stop_at;
    }
};

void whole(const nitro::client &client, const char *name) {
    const nitro::job job = job_named(client, name);
    const std::vector<std::uint8_t> expected = read_file(arg("expected"));
    sink sink;
    const auto take = [&](const std::uint8_t *data, std::size_t length) { return sink.take(data, length); };
    const nitro::received came = OK(job.result_bytes(take, nitro::no_limit));
    CHECK_NUMBER(came.bytes, expected.size());
    CHECK(sink.bytes == expected);
    CHECK_TEXT(came.content_type, "application/pdf");

    // One that says nothing goes on.
    std::size_t length = 0;
    const auto count = [&](const std::uint8_t *, std::size_t more) { length += more; };
    OK(job.result_bytes(count));
    CHECK_NUMBER(length, expected.size());
}

void zip(const nitro::client &client) {
    sink sink;
    const auto take = [&](const std::uint8_t *data, std::size_t length) { return sink.take(data, length); };
    CHECK_TEXT(OK(job_named(client, "files").result_bytes(take)).content_type, "application/zip");
    CHECK(sink.bytes.size() > 4 && std::memcmp(sink.bytes.data(), "PK\003\004", 4) == 0);
}

// Gives what came of it, after the sink was given at most `most` bytes.
nitro::outcome<nitro::received> broken(const nitro::client &client, const char *name, std::size_t stop_at,
                                       std::size_t most) {
    sink sink;
    sink.stop_at = stop_at;
    const auto take = [&](const std::uint8_t *data, std::size_t length) { return sink.take(data, length); };
    auto come = nitro::attempt([&] { return job_named(client, name).result_bytes(take, nitro::no_limit); });
    CHECK_NUMBER(sink.after_stop, 0);
    CHECK(sink.bytes.size() <= most);
    return come;
}

#define BREAKS(name, expected, stop_at, most) \
    check::fails(__FILE__, __LINE__, name, broken(client, name, stop_at, most), nitro::code::expected)

void run() {
    const nitro::client client = some_client();
    const std::size_t big = 1000000;
    whole(client, "file");
    whole(client, "chunked");
    zip(client);
    BREAKS("file", stopped, 1, big / 2);
    BREAKS("file", stopped, big / 2, big - 1);
    BREAKS("until_close", unverified, 0, big);
    BREAKS("text", unexpected_result, 0, 0);
    BREAKS("tables", unexpected_result, 0, 0);
    BREAKS("running", not_ready, 0, 0);
    CHECK_TEXT(BREAKS("failed", job_failed, 0, 0).problem_type, "PDFIsPasswordProtected");
    BREAKS("canceled", job_canceled, 0, 0);
    BREAKS("gone", gone, 0, 0);
    BREAKS("lost", not_found, 0, 0);
}

} // namespace bytes_twin
#undef BREAKS
TWIN(bytes);
