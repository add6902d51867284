/*
 * cutcertificates FILE: loads certificates of authorities from a file that ends before its size, while errno
 * is what an interrupted call has left there. Prints why they are refused.
 */
#include "tls/certificates.h"
#include "tls/config.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct certificate_paths paths = {.system = false};
    struct certificates certificates;
    char problem[512] = "";

    if (argc != 2 || !tls_start()) {
        return 2;
    }
    snprintf(paths.path[CERTIFICATES_CA], CERTIFICATES_PATH, "%s", argv[1]);
    alarm(60); /* it hangs */
    errno = EINTR;
    if (certificates_load(&certificates, &paths, problem, sizeof(problem))) {
        certificates_free(&certificates);
    }
    puts(problem);
    return 0;
}
