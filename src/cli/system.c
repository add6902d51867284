#include "cli/system.h"

#include "base/clock.h"
#include "base/interruptioncounter.h"
#include "base/utf8.h"
#include "cli/screensignals.h"
#include "cli/tempfiles.h"
#include "lure_embedded.h"
#include "lure_version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Longest path that the kernel takes. */
#define LONGEST_PATH 4096

/* `timeout` and `sudo` send a signal twice at once: one after so many ms is another one. */
#define SAME_SIGNAL INT64_C(300)

static volatile sig_atomic_t first_signal;
static volatile sig_atomic_t signal_count;
static bool only_notes; /* also later signals do not end the process */
static int64_t first_time;

/* Standard error's stand-in while it is kept back, and the real one. */
static FILE *held_errors;
static int held_descriptor = -1;
static int real_descriptor = -1;

static int64_t milliseconds(void)
{
    return clock_now(CLOCK_MONOTONIC) / CLOCK_MILLISECOND;
}

static void note_signal(int number)
{
    if (first_signal == 0) {
        first_time = milliseconds();
        first_signal = number;
        signal_count = 1;
        interruption_begin();
        if (held_descriptor >= 0) {
            dup2(held_descriptor, STDERR_FILENO);
        }
    } else if (milliseconds() - first_time <= SAME_SIGNAL) {
        return;
    } else if (only_notes) {
        signal_count = 2;
    } else {
        tempfiles_remove_all();
        screen_restore();
        signal(number, SIG_DFL);
        raise(number); /* it comes when this function returns */
    }
}

static void ignore_signal(int number)
{
    (void)number;
}

/* Opens the stand-in. False: there is nowhere to keep things, so they are written as they come. */
static bool prepare_to_hold(void)
{
    if (held_errors != NULL) {
        return true;
    }
    held_errors = tmpfile();
    if (held_errors == NULL) {
        return false;
    }
    fcntl(fileno(held_errors), F_SETFD, FD_CLOEXEC);
    real_descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (real_descriptor < 0) {
        fclose(held_errors);
        held_errors = NULL;
        return false;
    }
    held_descriptor = fileno(held_errors);
    return true;
}

static int hold_errors_lj(lua_State *L)
{
    (void)L;
    if (prepare_to_hold()) {
        dup2(held_descriptor, STDERR_FILENO);
    }
    return 0;
}

static int release_errors_lj(lua_State *L)
{
    luaL_Buffer text;
    size_t got;

    luaL_buffinit(L, &text);
    if (held_errors != NULL) {
        held_descriptor = -1;
        dup2(real_descriptor, STDERR_FILENO);
        close(real_descriptor);
        rewind(held_errors);
        do {
            got = fread(luaL_prepbuffer(&text), 1, LUAL_BUFFERSIZE, held_errors);
            luaL_addsize(&text, got);
        } while (got > 0);
        fclose(held_errors);
        held_errors = NULL;
    }
    luaL_pushresult(&text); /* text */
    return 1;
}

static int catch_signals_lj(lua_State *L)
{
    /* no SA_RESTART: what waits is to be interrupted */
    struct sigaction noted = {.sa_handler = note_signal};
    /* not SIG_IGN: programs started from here would inherit that */
    struct sigaction ignored = {.sa_handler = ignore_signal, .sa_flags = SA_RESTART};
    struct sigaction present;

    only_notes = lua_toboolean(L, 1);
    prepare_to_hold();
    sigaction(SIGINT, &noted, NULL);
    sigaction(SIGTERM, &noted, NULL);
    if (sigaction(SIGHUP, NULL, &present) == 0 && present.sa_handler != SIG_IGN) {
        sigaction(SIGHUP, &noted, NULL); /* ignored under nohup */
    }
    sigaction(SIGPIPE, &ignored, NULL);
    return 0;
}

int process_signal(void)
{
    return first_signal;
}

static int signalled_lj(lua_State *L)
{
    if (first_signal == 0) {
        return 0;
    }
    interruption_end();
    lua_pushinteger(L, first_signal);     /* number */
    lua_pushboolean(L, signal_count > 1); /* number, again */
    return 2;
}

static int executable_lj(lua_State *L)
{
    char path[LONGEST_PATH];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

    if (length <= 0 || length == (ssize_t)sizeof(path)) {
        return 0;
    }
    lua_pushlstring(L, path, (size_t)length); /* path */
    return 1;
}

static int absolute_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    char directory[LONGEST_PATH];

    if (path[0] == '/' || getcwd(directory, sizeof(directory)) == NULL) {
        lua_pushvalue(L, 1); /* path, path */
        return 1;
    }
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    lua_pushfstring(L, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory, path); /* path, absolute */
    return 1;
}

static int make_temporary_lj(lua_State *L)
{
    const char *parent = getenv("TMPDIR");
    char path[LONGEST_PATH];
    int length =
        snprintf(path, sizeof(path), "%s/lure.XXXXXX", parent != NULL && parent[0] == '/' ? parent : "/tmp");

    if (length >= (int)sizeof(path) || mkdtemp(path) == NULL) {
        return luaL_fileresult(L, 0, path);
    }
    lua_pushstring(L, path); /* path */
    return 1;
}

static int make_executable_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);

    return luaL_fileresult(L, chmod(path, 0700) == 0, path);
}

static int set_environment_lj(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    return luaL_fileresult(L, setenv(name, luaL_checkstring(L, 2), 1) == 0, name);
}

static int exists_lj(lua_State *L)
{
    struct stat status;

    lua_pushboolean(L, lstat(luaL_checkstring(L, 1), &status) == 0); /* path, answer */
    return 1;
}

static int is_file_lj(lua_State *L)
{
    struct stat status;

    lua_pushboolean(L,
                    stat(luaL_checkstring(L, 1), &status) == 0 && S_ISREG(status.st_mode)); /* path, answer */
    return 1;
}

/* What stands at a path itself: "file", "directory", "link" or "device" (also a named pipe or a socket); nil.
 */
static int kind_lj(lua_State *L)
{
    struct stat status;

    if (lstat(luaL_checkstring(L, 1), &status) != 0) {
        return 0;
    }
    lua_pushstring(L, S_ISREG(status.st_mode)   ? "file"
                      : S_ISDIR(status.st_mode) ? "directory"
                      : S_ISLNK(status.st_mode) ? "link"
                                                : "device"); /* path, kind */
    return 1;
}

static int close_stream_lj(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);

    return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

static int refuse_lj(lua_State *L, const char *path, const char *reason)
{
    luaL_pushfail(L);                           /* ..., nil */
    lua_pushfstring(L, "%s: %s", path, reason); /* ..., nil, message */
    return 2;
}

/* A regular file, to read. Anything else is not even opened: a named pipe may wait for somebody who writes, a
 * device has no end. */
static int open_regular_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof(*stream), 0); /* path, file */
    struct stat status;
    int descriptor;

    *stream = (luaL_Stream){NULL, NULL};
    luaL_setmetatable(L, LUA_FILEHANDLE);
    if (stat(path, &status) != 0) {
        return refuse_lj(L, path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse_lj(L, path, "is no regular file");
    }
    /* another file may be there by now */
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        return refuse_lj(L, path, strerror(errno));
    }
    stream->f = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? fdopen(descriptor, "rb") : NULL;
    if (stream->f == NULL) {
        close(descriptor);
        return refuse_lj(L, path, "is no regular file");
    }
    stream->closef = close_stream_lj;
    return 1;
}

static int is_terminal_lj(lua_State *L)
{
    lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1))); /* descriptor, answer */
    return 1;
}

/* Is all that was for standard output there? */
static int has_written_lj(lua_State *L)
{
    lua_pushboolean(L, fflush(stdout) == 0 && !ferror(stdout)); /* answer */
    return 1;
}

static int is_closed_lj(lua_State *L)
{
    struct pollfd descriptor = {.fd = (int)luaL_checkinteger(L, 1)};

    lua_pushboolean(L, poll(&descriptor, 1, 0) > 0 && (descriptor.revents & (POLLERR | POLLNVAL)) != 0);
    return 1; /* descriptor, answer */
}

static int seconds_lj(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)clock_now(CLOCK_MONOTONIC) / (lua_Number)CLOCK_SECOND); /* seconds */
    return 1;
}

static int time_lj(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)clock_now(CLOCK_REALTIME) / (lua_Number)CLOCK_SECOND); /* seconds */
    return 1;
}

static int sleep_lj(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    struct timespec time = {(time_t)seconds, (long)((seconds - (lua_Number)(time_t)seconds) * 1e9)};

    if (first_signal == 0 || lua_toboolean(L, 2)) {
        nanosleep(&time, NULL);
    }
    return 0;
}

/* What tells a file from the one that stood there before: editors rename, and write in place. */
static int stamp_lj(lua_State *L)
{
    struct stat status;
    char text[128];

    if (stat(luaL_checkstring(L, 1), &status) != 0) {
        return 0;
    }
    snprintf(text, sizeof(text), "%ju:%ju:%jd:%jd.%09ld:%jd.%09ld", (uintmax_t)status.st_dev,
             (uintmax_t)status.st_ino, (intmax_t)status.st_size, (intmax_t)status.st_mtim.tv_sec,
             status.st_mtim.tv_nsec, (intmax_t)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
    lua_pushstring(L, text); /* path, text */
    return 1;
}

static int close_directory_lj(lua_State *L)
{
    closedir(*(DIR **)lua_touserdata(L, 1));
    return 0;
}

static int names_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    DIR **directory = lua_newuserdatauv(L, sizeof(DIR *), 0); /* path, directory */
    const struct dirent *entry;

    luaL_newmetatable(L, "lure.system.directory"); /* path, directory, metatable */
    lua_pushcfunction(L, close_directory_lj);      /* path, directory, metatable, close */
    lua_setfield(L, -2, "__close");                /* path, directory, metatable */
    lua_setmetatable(L, 2);                        /* path, directory */
    *directory = opendir(path);
    if (*directory == NULL) {
        return 0;
    }
    lua_toclose(L, 2);
    lua_newtable(L); /* path, directory, names */
    for (lua_Integer i = 1; (entry = readdir(*directory)) != NULL; i++) {
        lua_pushstring(L, entry->d_name); /* path, directory, names, name */
        lua_rawseti(L, -2, i);            /* path, directory, names */
    }
    return 1;
}

static int columns_lj(lua_State *L)
{
    struct winsize size;

    if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) != 0) {
        return 0;
    }
    lua_pushinteger(L, size.ws_col > 0 ? size.ws_col : 80); /* descriptor, columns */
    lua_pushinteger(L, size.ws_row > 0 ? size.ws_row : 24); /* descriptor, columns, rows */
    return 2;
}

static int embedded_lj(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct embedded_module *module = embedded_modules;

    while (module->name != NULL && strcmp(module->name, name) != 0) {
        module++;
    }
    lua_pushlstring(L, (const char *)module->bytes, module->length); /* name, text */
    return 1;
}

static int is_printable_lj(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    lua_pushboolean(L, utf8_clean(text, length, UTF8_LINE) == length); /* text, answer */
    return 1;
}

/* Stack: [] -> [list] */
static void push_hidden_lj(lua_State *L)
{
    lua_newtable(L); /* list */
    for (int i = 0; utf8_hidden[i].first != 0; i++) {
        lua_createtable(L, 2, 0);                 /* list, range */
        lua_pushinteger(L, utf8_hidden[i].first); /* list, range, first */
        lua_rawseti(L, -2, 1);                    /* list, range */
        lua_pushinteger(L, utf8_hidden[i].last);  /* list, range, last */
        lua_rawseti(L, -2, 2);                    /* list, range */
        lua_rawseti(L, -2, i + 1);                /* list */
    }
}

LUAMOD_API int luaopen_lure_system(lua_State *L)
{
    static const luaL_Reg functions[] = {{"executable", executable_lj},
                                         {"absolute", absolute_lj},
                                         {"make_temporary", make_temporary_lj},
                                         {"make_executable", make_executable_lj},
                                         {"set_environment", set_environment_lj},
                                         {"exists", exists_lj},
                                         {"is_file", is_file_lj},
                                         {"kind", kind_lj},
                                         {"open_regular", open_regular_lj},
                                         {"is_printable", is_printable_lj},
                                         {"is_terminal", is_terminal_lj},
                                         {"has_written", has_written_lj},
                                         {"is_closed", is_closed_lj},
                                         {"seconds", seconds_lj},
                                         {"time", time_lj},
                                         {"sleep", sleep_lj},
                                         {"stamp", stamp_lj},
                                         {"names", names_lj},
                                         {"columns", columns_lj},
                                         {"restore_terminal", screen_restore_terminal_lj},
                                         {"has_stopped", screen_has_stopped_lj},
                                         {"is_foreground", screen_is_foreground_lj},
                                         {"embedded", embedded_lj},
                                         {"catch_signals", catch_signals_lj},
                                         {"signalled", signalled_lj},
                                         {"hold_errors", hold_errors_lj},
                                         {"release_errors", release_errors_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    push_hidden_lj(L);
    lua_setfield(L, -2, "hidden");      /* module */
    lua_pushliteral(L, LURE_VERSION);   /* module, version */
    lua_setfield(L, -2, "version");     /* module */
    lua_pushliteral(L, LUA_RELEASE);    /* module, version */
    lua_setfield(L, -2, "lua_version"); /* module */
    lua_pushliteral(L, LURE_LIBRARIES); /* module, text */
    lua_setfield(L, -2, "libraries");   /* module */
    return 1;
}
