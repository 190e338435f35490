/* Header and library have the same version, and each code has a name. Arguments: NITRO_X=NUMBER for each code. */
#include "check.h"

int main(int argc, char **argv) {
    int i;
    unsigned major = NITRO_VERSION_MAJOR, minor = NITRO_VERSION_MINOR, patch = NITRO_VERSION_PATCH;
    char text[64];
    begin(argc, argv);

    CHECK_TEXT(nitro_version(), NITRO_VERSION);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, patch);
    CHECK_TEXT(NITRO_VERSION, text);
    CHECK_NUMBER(nitro_version_number(), NITRO_VERSION_NUMBER);
    CHECK_NUMBER(NITRO_VERSION_NUMBER, major * 1000000 + minor * 1000 + patch);

    CHECK(argc > 40);
    for (i = 3; i < argc; i++) {
        char *number = strchr(argv[i], '=');
        nitro_code_t code = (nitro_code_t)atoi(number + 1);
        *number = '\0';
        CHECK_TEXT(nitro_code_name(code), argv[i]);
        CHECK(*nitro_code_text(code) != '\0');
        CHECK(strcmp(nitro_code_text(code), nitro_code_text(-1)) != 0);
    }
    CHECK_TEXT(nitro_code_name(-1), "NITRO_E_?");
    CHECK_TEXT(nitro_code_name(INT32_MAX), "NITRO_E_?");
    return end();
}
