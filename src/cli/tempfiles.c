#include "cli/tempfiles.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST         32
#define LONGEST_PATH 4096

#define STALE_SECONDS 3600

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1u
#endif

/* A slot is filled before it is in use, and a path is registered before the file is made, so that a signal
 * finds every file. */
static struct {
    char path[LONGEST_PATH];
    volatile sig_atomic_t in_use;
} slots[MOST];

static pid_t owner; /* a child process has the list, too, and must leave the files alone */

void tempfiles_remove_all(void)
{
    if (owner != getpid()) {
        return;
    }
    for (int i = MOST - 1; i >= 0; i--) { /* a directory is in front of what is in it */
        if (slots[i].in_use && unlink(slots[i].path) != 0) {
            rmdir(slots[i].path);
        }
        slots[i].in_use = 0;
    }
}

static void end_by_signal(int number)
{
    tempfiles_remove_all();
    signal(number, SIG_DFL);
    raise(number); /* it comes when this function returns */
}

static void ignore_signal(int number)
{
    (void)number;
}

static void watch_signal(int number, void (*handler)(int))
{
    struct sigaction present, wanted = {.sa_handler = handler};

    if (sigaction(number, NULL, &present) == 0 && present.sa_handler == SIG_DFL) {
        sigaction(number, &wanted, NULL);
    }
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void watch_process(void)
{
    if (owner == getpid()) {
        return;
    }
    owner = getpid();
    atexit(tempfiles_remove_all);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        watch_signal(ends[i], end_by_signal);
    }
    watch_signal(SIGXFSZ, ignore_signal); /* a write beyond `ulimit -f` fails in place of that */
}

/* False, with errno: the path is too long. */
static bool add_lj(lua_State *L, const char *path)
{
    size_t length = strlen(path);
    int i = MOST; /* behind all that are in use */

    if (length >= LONGEST_PATH) {
        errno = ENAMETOOLONG;
        return false;
    }
    while (i > 0 && !slots[i - 1].in_use) {
        i--;
    }
    if (i == MOST) {
        return luaL_error(L, "more than %d temporary files", MOST);
    }
    watch_process();
    memcpy(slots[i].path, path, length + 1);
    slots[i].in_use = 1;
    return true;
}

/* Takes the path from the list, and all that is in a directory of that path. */
static void forget(const char *path)
{
    size_t length = strlen(path);

    for (int i = 0; i < MOST; i++) {
        char behind = strncmp(slots[i].path, path, length) == 0 ? slots[i].path[length] : 'x';

        if (slots[i].in_use && (behind == '\0' || behind == '/')) {
            slots[i].in_use = 0;
        }
    }
}

static int new_name_lj(lua_State *L)
{
    static unsigned count;
    char name[80];

    snprintf(name, sizeof(name), ".lure.%x.%llx.%x", (unsigned)getpid(),
             (unsigned long long)clock_now(CLOCK_REALTIME), count++);
    lua_pushstring(L, name); /* name */
    return 1;
}

/* Was the file left by a process that could not remove it (SIGKILL, a power cut)? Whoever makes one holds a
 * lock on it, which a process in another container shows, too. */
static bool is_stale(int directory, const char *name)
{
    struct stat status;
    unsigned pid;
    int descriptor;
    bool stale;

    if (sscanf(name, ".lure.%x.", &pid) != 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH) {
        return false;
    }
    descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    stale = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
            clock_now(CLOCK_REALTIME) / CLOCK_SECOND - status.st_mtime > STALE_SECONDS &&
            flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    close(descriptor);
    return stale;
}

/* Removes stale files from the directory of `path`. */
static void remove_stale(const char *path)
{
    char folder[LONGEST_PATH];
    const char *slash = strrchr(path, '/');
    const struct dirent *entry;
    DIR *directory;

    if (slash == NULL || (size_t)(slash - path) >= sizeof(folder) - 1) {
        return;
    }
    snprintf(folder, sizeof(folder), "%.*s/", (int)(slash - path), path);
    directory = opendir(folder);
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (is_stale(dirfd(directory), entry->d_name)) {
            unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

static int close_file_lj(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);

    return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

static int create_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof(*stream), 0); /* path, file */
    int descriptor = -1;
    int problem;

    *stream = (luaL_Stream){NULL, NULL}; /* closed, until it is open */
    luaL_setmetatable(L, LUA_FILEHANDLE);
    if (!add_lj(L, path)) {
        return luaL_fileresult(L, 0, path);
    }
    remove_stale(path);
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        flock(descriptor, LOCK_SH | LOCK_NB);
    }
    stream->f = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (stream->f != NULL) {
        stream->closef = close_file_lj;
        return 1;
    }
    problem = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(path);
    }
    forget(path);
    errno = problem;
    return luaL_fileresult(L, 0, path);
}

static int make_directory_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int problem;

    if (!add_lj(L, path)) {
        return luaL_fileresult(L, 0, path);
    }
    if (mkdir(path, 0777) == 0) {
        return luaL_fileresult(L, 1, path);
    }
    problem = errno;
    forget(path);
    errno = problem;
    return luaL_fileresult(L, 0, path);
}

static mode_t mode_like(const char *path, bool executable)
{
    struct stat status;
    mode_t hidden;

    if (path != NULL && lstat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        return status.st_mode & 0777;
    }
    hidden = umask(0);
    umask(hidden);
    return (executable ? 0777 : 0666) & ~hidden;
}

static int complete_lj(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    mode_t mode = mode_like(luaL_optstring(L, 2, NULL), lua_toboolean(L, 3));
    bool done;

    luaL_argcheck(L, stream->closef != NULL, 1, "the file is closed");
    done = fflush(stream->f) == 0 && fchmod(fileno(stream->f), mode) == 0 &&
           /* a file system that cannot wait says EINVAL */
           (fsync(fileno(stream->f)) == 0 || errno == EINVAL || errno == ENOTSUP);
    return luaL_fileresult(L, done, NULL);
}

/* rename, but what is there stays. */
static int rename_to_free(const char *path, const char *to)
{
    struct stat status;

#ifdef SYS_renameat2
    if (syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != ENOSYS && errno != EINVAL) {
        return -1;
    }
#endif
    if (lstat(to, &status) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(path, to);
}

static int publish_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
    int result = lua_toboolean(L, 3) ? rename(path, to) : rename_to_free(path, to);

    if (result == 0) {
        forget(path);
    }
    return luaL_fileresult(L, result == 0, to);
}

static int hold_signals_lj(lua_State *L)
{
    sigset_t signals;

    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        sigaddset(&signals, ends[i]);
    }
    pthread_sigmask(lua_toboolean(L, 1) ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
    return 0;
}

static int remove_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int result = remove(path);
    int problem = errno;

    forget(path);
    errno = problem;
    return luaL_fileresult(L, result == 0, path);
}

LUAMOD_API int luaopen_lure_tempfiles(lua_State *L)
{
    static const luaL_Reg functions[] = {{"new_name", new_name_lj},
                                         {"create", create_lj},
                                         {"make_directory", make_directory_lj},
                                         {"complete", complete_lj},
                                         {"publish", publish_lj},
                                         {"hold_signals", hold_signals_lj},
                                         {"remove", remove_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
