/* Uploads by libcurl's multi interface, on one thread: as many handles as there are uploads at a time, each with a connection
 * that is reused. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "curl_client.h"
#include <stdlib.h>
#include <sys/stat.h>

/* Sends a large file in fewer calls than libcurl does by default. */
enum { UPLOAD_BUFFER = 512 << 10 };

struct upload {
    CURL *curl;
    curl_mime *form;
    struct body response;
};

static struct upload *upload_of(CURL *curl) {
    struct upload *upload;
    must_curl(curl_easy_getinfo(curl, CURLINFO_PRIVATE, &upload));
    return upload;
}

static void add_text(curl_mime *form, const char *name, const char *text) {
    curl_mimepart *part = curl_mime_addpart(form);
    must_curl(curl_mime_name(part, name));
    must_curl(curl_mime_data(part, text, CURL_ZERO_TERMINATED));
}

static void begin(CURLM *multi, struct upload *upload, const char *path) {
    curl_mimepart *file;
    upload->form = curl_mime_init(upload->curl);
    upload->response.length = 0;
    add_text(upload->form, "method", "convert");
    add_text(upload->form, "params", "{\"to\":\"docx\"}");
    file = curl_mime_addpart(upload->form);
    must_curl(curl_mime_name(file, "file"));
    must_curl(curl_mime_filedata(file, path));
    must_curl(curl_mime_type(file, "application/pdf"));
    must_curl(curl_easy_setopt(upload->curl, CURLOPT_MIMEPOST, upload->form));
    must_multi(curl_multi_add_handle(multi, upload->curl));
}

/* Whether a job was started: 202 with the URL of its status, and a status that can be read. */
static int finish(struct upload *upload) {
    struct curl_header *location;
    long status = 0;
    curl_mime_free(upload->form);
    must_curl(curl_easy_getinfo(upload->curl, CURLINFO_RESPONSE_CODE, &status));
    if (status != 202 || curl_easy_header(upload->curl, "Location", 0, CURLH_HEADER, -1, &location)) return 0;
    return !read_status(upload->response.text, upload->response.length).completed;
}

int upload_files(const char *base, const char *path, long count, long at_a_time) {
    char url[512];
    long left = count, accepted = 0;
    struct stat file;
    struct start begun;
    CURLM *multi = curl_multi_init();
    struct upload *uploads = at_a_time > 0 ? calloc((size_t)at_a_time, sizeof *uploads) : NULL;
    if (!multi || !uploads || count < 1 || stat(path, &file)) return 2;
    snprintf(url, sizeof url, "%s/conversions", base);
    begun = start();
    for (long k = 0; k < at_a_time; k++) {
        CURL *curl = uploads[k].curl = handle_with("application/json", "Prefer: respond-async");
        must_curl(curl_easy_setopt(curl, CURLOPT_URL, url));
        must_curl(curl_easy_setopt(curl, CURLOPT_PRIVATE, &uploads[k]));
        must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body));
        must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &uploads[k].response));
        if (file.st_size > UPLOAD_BUFFER) must_curl(curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER));
        if (left > 0) {
            begin(multi, &uploads[k], path);
            left--;
        }
    }
    for (long open = count; open; open--) {
        CURL *ended;
        struct upload *upload;
        while (!(ended = next_ended(multi, 1))) {}
        upload = upload_of(ended);
        accepted += finish(upload);
        if (left > 0) {
            begin(multi, upload, path);
            left--;
        }
    }
    report(count, (double)file.st_size * (double)count, begun, (double)accepted);
    for (long k = 0; k < at_a_time; k++) {
        curl_easy_cleanup(uploads[k].curl);
        free(uploads[k].response.text);
    }
    free(uploads);
    curl_multi_cleanup(multi);
    return 0;
}
