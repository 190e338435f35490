/* measure PROGRAM ARGUMENT...: runs it, and writes to standard error what that took. This program is small because the peak
 * memory of a process is never less than that of the process which started it. */
#define _DEFAULT_SOURCE
#include "bench.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct rusage used;
    double begun = now(), wall;
    int status;
    pid_t child;
    if (argc < 2) return 2;
    child = fork();
    if (child == 0) {
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) return 1;
    wall = now() - begun;
    fprintf(stderr, "{\"whole_wall\":%.6f,\"whole_cpu\":%.6f,\"peak_kb\":%ld}\n", wall,
            seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
