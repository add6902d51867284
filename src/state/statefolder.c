#include "state/statefolder.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a plugin's name that are part of a file's. */
#define LONGEST_NAME 100

char *statefolder_path(const char *configured, bool *none)
{
    const char *given = secure_getenv("LURE_STATE"), *systemd = secure_getenv("STATE_DIRECTORY");

    *none = configured == NULL && given != NULL && given[0] != '/';
    if (*none) {
        return NULL;
    }
    if (configured != NULL || given != NULL) {
        return text_copy(configured != NULL ? configured : given);
    }
    if (systemd != NULL && systemd[0] == '/') {
        return text_format("%.*s", (int)strcspn(systemd, ":"), systemd);
    }
    return text_copy(STATEFOLDER_DEFAULT);
}

/* What is wrong with the open directory; NULL: nothing, or out of memory (then `*safe` is false). */
static char *find_fault(int folder, const char *path, bool *safe)
{
    struct stat status;

    *safe = false;
    if (fstat(folder, &status) != 0) {
        return text_format("%s: %s", path, strerror(errno));
    }
    if (status.st_uid != 0 && status.st_uid != geteuid()) {
        return text_format("%s: the state directory belongs to the user %u; chown %u %s, or name another in "
                           "init_config.lure.state",
                           path, (unsigned)status.st_uid, (unsigned)geteuid(), path);
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        return text_format("%s: anyone may write the state directory; chmod o-w %s, or name another in "
                           "init_config.lure.state",
                           path, path);
    }
    *safe = true;
    return NULL;
}

int statefolder_open(const char *path, bool make, char **problem)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool safe;

    *problem = NULL;
    if (folder < 0 && errno == ENOENT && make && mkdir(path, 0700) == 0) {
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (folder < 0) {
        if (errno != ENOENT || make) {
            *problem = text_format("%s: the state directory: %s; name one in init_config.lure.state", path,
                                   strerror(errno));
        }
        return -1;
    }
    *problem = find_fault(folder, path, &safe);
    if (!safe) {
        close(folder);
        return -1;
    }
    return folder;
}

static bool is_plain(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

char *statefolder_file(const char *plugin, const char *suffix)
{
    size_t length = strnlen(plugin, LONGEST_NAME), used = 0;
    char *name = malloc(3 * length + strlen(suffix) + 1);

    if (name == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        /* no file is hidden, and none is "." or ".." */
        if (is_plain(plugin[i]) || (plugin[i] == '.' && i > 0)) {
            name[used++] = plugin[i];
        } else {
            used += (size_t)sprintf(name + used, "%%%02X", (unsigned char)plugin[i]);
        }
    }
    strcpy(name + used, suffix);
    return name;
}
