#include "script/filetrust.h"

#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NOT_RUN "so it is not run as root; try: "
#define ALLOW   ", or allow it with init_config.lure.trust = true"

/* Whose files are root's own. */
struct owners {
    uid_t top;    /* who owns "/" */
    uid_t caller; /* of sudo, or root */
    gid_t group;  /* of that caller, or root's */
};

/* The number in an environment variable that sudo sets; `none` if it is not set. */
static unsigned number_of(const char *name, unsigned none)
{
    const char *text = secure_getenv(name);
    char *end;
    unsigned long number;

    if (text == NULL || text[0] < '0' || text[0] > '9') {
        return none;
    }
    errno = 0;
    number = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && number < UINT_MAX ? (unsigned)number : none;
}

static struct owners find_owners(void)
{
    struct stat top;

    return (struct owners){
        .top = stat("/", &top) == 0 ? top.st_uid : 0,
        .caller = number_of("SUDO_UID", 0),
        .group = number_of("SUDO_GID", 0),
    };
}

static bool is_own_user(const struct owners *owners, uid_t user)
{
    return user == 0 || user == owners->top || user == owners->caller;
}

static bool is_own_group(const struct owners *owners, gid_t group)
{
    return group == 0 || group == getegid() || group == owners->group;
}

static bool file_is_safe(const struct owners *owners, const char *path, const struct stat *file,
                         char **problem)
{
    if (!is_own_user(owners, file->st_uid)) {
        *problem = text_format("%s: belongs to the user %u, " NOT_RUN "chown root %s" ALLOW, path,
                               (unsigned)file->st_uid, path);
    } else if ((file->st_mode & S_IWOTH) != 0) {
        *problem = text_format("%s: anyone may write this file, " NOT_RUN "chmod o-w %s" ALLOW, path, path);
    } else if ((file->st_mode & S_IWGRP) != 0 && !is_own_group(owners, file->st_gid)) {
        *problem = text_format("%s: the group %u may write this file, " NOT_RUN "chmod g-w %s" ALLOW, path,
                               (unsigned)file->st_gid, path);
    } else {
        return true;
    }
    return false;
}

/* True if users cannot replace files of other users in the directory: it is sticky, or mounted read-only. */
static bool is_guarded(const struct stat *status, const char *directory)
{
    struct statvfs system;

    return (status->st_mode & S_ISVTX) != 0 ||
           (statvfs(directory, &system) == 0 && (system.f_flag & ST_RDONLY) != 0);
}

/* Checks a directory on the way to `path`. */
static bool directory_is_safe(const struct owners *owners, const char *path, const char *directory,
                              char **problem)
{
    struct stat status;

    if (stat(directory, &status) != 0) {
        *problem = text_format("%s: the directory %s: %s", path, directory, strerror(errno));
    } else if (!is_own_user(owners, status.st_uid)) {
        *problem = text_format("%s: the directory %s belongs to the user %u, " NOT_RUN "chown root %s" ALLOW,
                               path, directory, (unsigned)status.st_uid, directory);
    } else if ((status.st_mode & S_IWOTH) != 0 && !is_guarded(&status, directory)) {
        *problem = text_format("%s: anyone may write the directory %s, " NOT_RUN "chmod o-w %s" ALLOW, path,
                               directory, directory);
    } else if ((status.st_mode & S_IWGRP) != 0 && !is_own_group(owners, status.st_gid) &&
               !is_guarded(&status, directory)) {
        *problem = text_format("%s: the group %u may write the directory %s, " NOT_RUN "chmod g-w %s" ALLOW,
                               path, (unsigned)status.st_gid, directory, directory);
    } else {
        return true;
    }
    return false;
}

/* Checks each directory of `way`, an absolute path, which is truncated at each of them. */
static bool directories_are_safe(const struct owners *owners, const char *path, char *way, char **problem)
{
    for (char *slash = strrchr(way, '/'); slash != NULL && slash != way; slash = strrchr(way, '/')) {
        *slash = '\0';
        if (!directory_is_safe(owners, path, way, problem)) {
            return false;
        }
    }
    return directory_is_safe(owners, path, "/", problem);
}

/* Checks the directories of the path as it is written, and of its real path, if that is another. */
static bool ways_are_safe(const struct owners *owners, const char *path, char **problem)
{
    char *named = text_copy(path), *real = realpath(path, NULL);
    bool safe = false;

    if (real == NULL && errno != ENOMEM) {
        *problem = text_format("%s: %s", path, strerror(errno));
    } else if (named != NULL && real != NULL) {
        safe = (named[0] != '/' || strcmp(named, real) == 0 ||
                directories_are_safe(owners, path, named, problem)) &&
               directories_are_safe(owners, path, real, problem);
    }
    free(named);
    free(real);
    return safe;
}

bool filetrust_is_safe(const char *path, const struct stat *file, char **problem)
{
    struct owners owners;

    *problem = NULL;
    if (geteuid() != 0) {
        return true;
    }
    owners = find_owners();
    return file_is_safe(&owners, path, file, problem) && ways_are_safe(&owners, path, problem);
}
