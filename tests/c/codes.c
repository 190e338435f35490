/* Prints each code of the library with its name and its text. */
#include <nitro_jobs.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    nitro_code_t code;
    for (code = 0; code < 1000; code++) {
        if (strcmp(nitro_code_name(code), "NITRO_E_?") != 0)
            printf("%d %s %s\n", (int)code, nitro_code_name(code), nitro_code_text(code));
    }
    return 0;
}
