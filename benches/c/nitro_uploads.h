#ifndef NITRO_UPLOADS_H
#define NITRO_UPLOADS_H
#include <nitro_jobs.h>

/* Submits the file `path` `count` times, `threads` at a time, by threads that share the client. The program's exit status. */
int upload_files(const nitro_client_t *client, const char *path, long count, long threads);

#endif
