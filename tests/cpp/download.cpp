// Saving the result. Twin of tests/c/download.c.
#include "check.hpp"

#include <cerrno>

namespace download_twin {

std::string in_folder(const std::string &name) { return arg("folder") + "/" + name; }

void same_as_expected(const std::string &path) { CHECK(read_file(path) == read_file(arg("expected"))); }

struct seen {
    int calls, stop_at;
    std::size_t files;
    std::int64_t last;

    bool on_transfer(const nitro::transfer &now) {
        CHECK(now.file < now.files);
        CHECK(now.bytes >= 0 && (now.total == -1 || now.bytes <= now.total));
        files = now.files;
        last = now.bytes;
        return ++calls != stop_at;
    }
};

void one_file(const nitro::client &client) {
    const nitro::job job = job_named(client, "file");
    const std::string path = in_folder("one.pdf");
    seen seen = {0, 0, 0, 0};
    const auto on_transfer = [&](const nitro::transfer &now) { return seen.on_transfer(now); };
    std::string saved = OK(job.download(path, existing::fail, on_transfer, nitro::no_limit));
    same_as_expected(path);
    CHECK(seen.calls >= 2);
    CHECK_NUMBER(seen.files, 1);
    CHECK_NUMBER(seen.last, 1000000);
    CHECK_HOLDS(saved, "[{\"path\":\"");
    CHECK_HOLDS(saved, "one.pdf\",\"bytes\":1000000,\"contentType\":\"application/pdf\"}]");

    CHECK_HOLDS(FAILS(file_exists, job.download(path)).message, "one.pdf");
    OK(job.download(path, existing::replace));
    saved = OK(job.download(path, existing::number));
    CHECK_HOLDS(saved, "one (2).pdf");
    same_as_expected(in_folder("one (2).pdf"));

    // Paths are UTF-8.
    OK(job.download(in_folder("gr\xC3\xB6\xC3\x9F" "e.pdf")));
    same_as_expected(in_folder("gr\xC3\xB6\xC3\x9F" "e.pdf"));
    FAILS(invalid_argument, job.download(path + std::string("\0.pdf", 5), existing::replace));
#if NITRO_HPP_LENDS
    // std::filesystem::path is converted to UTF-8, and a string view need not end with NUL.
    OK(job.download(std::filesystem::path(in_folder("gr\xC3\xB6\xC3\x9F" "e.pdf")), existing::replace));
    CHECK_HOLDS(OK(job.download(std::string_view(path + "and more").substr(0, path.size()), existing::replace)), "one.pdf\"");
#endif
}

void several_files(const nitro::client &client) {
    const nitro::job job = job_named(client, "files");
    seen seen = {0, 0, 0, 0};
    const auto on_transfer = [&](const nitro::transfer &now) { return seen.on_transfer(now); };
    const std::string saved = OK(job.download_all(arg("folder"), existing::number, on_transfer));
    CHECK_NUMBER(seen.files, 3);
    CHECK_HOLDS(saved, "first.pdf");
    CHECK_HOLDS(saved, "second.pdf");
    CHECK_HOLDS(saved, "first (2).pdf"); // Two files of the same name are both kept.
    CHECK(check::file_exists(in_folder("first.pdf")) && check::file_exists(in_folder("first (2).pdf")));
    FAILS(file_exists, job.download_all(arg("folder")));
    FAILS(unexpected_result, job.download(in_folder("x.pdf")));
}

// The call fails and leaves no file.
#define FAILS_WITH(name, expected)                                                                           \
    do {                                                                                             \
        const nitro::job job = job_named(client, name);                                              \
        FAILS(expected, job.download(in_folder("none.pdf"), existing::replace));                         \
        CHECK(!check::file_exists(in_folder("none.pdf")));                                           \
        FAILS(expected, job.download_all(arg("folder"), existing::replace));                             \
    } while (0)

void stopped_by_the_callback(const nitro::client &client) {
    const nitro::job job = job_named(client, "file");
    for (int at = 1; at <= 3; at++) {
        seen seen = {0, at, 0, 0};
        const auto on_transfer = [&](const nitro::transfer &now) { return seen.on_transfer(now); };
        FAILS(stopped, job.download(in_folder("none.pdf"), existing::fail, on_transfer));
        CHECK_NUMBER(seen.calls, at);
        CHECK(!check::file_exists(in_folder("none.pdf")));
    }
}

void invalid_targets(const nitro::client &client) {
    const nitro::job job = job_named(client, "file");
    for (std::int32_t what : {-1, 3, INT32_MAX, INT32_MIN})
        FAILS(invalid_argument, job.download(in_folder("none.pdf"), static_cast<existing>(what)));
    CHECK_NUMBER(FAILS(file, job.download(in_folder("no/such/folder.pdf"))).os_error, ENOENT);
    const nitro::error_info folder = FAILS(file, job.download(arg("folder"), existing::replace));
    CHECK_TEXT(folder.path, arg("folder"));
    CHECK_NUMBER(folder.os_error, EISDIR);
    FAILS(file, job.download_all(in_folder("one.pdf")));
    FAILS(invalid_argument, job.download("", existing::replace));
    FAILS(invalid_argument, job.download_all("", existing::replace));
}

void run() {
    const nitro::client client = some_client();
    one_file(client);
    several_files(client);
    FAILS_WITH("text", unexpected_result);
    FAILS_WITH("delivered", delivered);
    FAILS_WITH("running", not_ready);
    FAILS_WITH("failed", job_failed);
    FAILS_WITH("canceled", job_canceled);
    FAILS_WITH("gone", gone);
    FAILS_WITH("expired", forbidden);
    FAILS_WITH("storage_fault", service);
    FAILS_WITH("until_close", unverified);
    stopped_by_the_callback(client);
    invalid_targets(client);
}

} // namespace download_twin
#undef FAILS_WITH
TWIN(download);
