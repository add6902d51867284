/* lure.file.lines, list and stat: files as they are. */
#include "base/clock.h"
#include "base/memorybudget.h"
#include "file/filesource.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "modules/file.h"
#include "modules/fileoptions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define METATABLE "lure.file.lines"

#define LONGEST_LINE  ((lua_Integer)1 << 20)
#define LARGEST_LIMIT ((lua_Integer)16 << 20)
#define FIRST_ROOM    ((size_t)64 * 1024)

/* Bytes that take about one unit of the time budget: plain ones, and packed ones. */
#define BYTES_OF_UNIT 8

/* The system calls for one file. */
#define UNITS_OF_FILE 2000

struct file_lines {
    struct filesource source; /* its file is -1: it is closed */
    struct memory_budget *budget;
    char *buffer;
    size_t room, begin, end, scanned, max_line;
    uint64_t position; /* of what is read next */
    uint64_t number;   /* of the line */
    bool at_end;
};

static void close_lines(struct file_lines *lines)
{
    filesource_close(&lines->source);
    memory_give(lines->budget, lines->buffer, lines->room);
    lines->buffer = NULL;
    lines->room = 0;
}

/* __gc and __close */
static int close_lines_lj(lua_State *L)
{
    close_lines(lua_touserdata(L, 1));
    return 0;
}

/* Throws "lure.file.lines: PATH: why"; upvalue 2: the path. */
static int fail_lj(lua_State *L, struct file_lines *lines, const char *why)
{
    close_lines(lines);
    return luaL_error(L, "lure.file.lines: %s: line %I: %s", lua_tostring(L, lua_upvalueindex(2)),
                      (lua_Integer)lines->number + 1, why);
}

/* Doubles the buffer. False: there is no memory. */
static bool grow(struct file_lines *lines)
{
    char *grown = memory_resize(lines->budget, lines->buffer, lines->room, 2 * lines->room);

    if (grown == NULL) {
        return false;
    }
    lines->buffer = grown;
    lines->room *= 2;
    return true;
}

/* Reads more behind what the buffer has. */
static void read_more_lj(lua_State *L, struct file_lines *lines)
{
    ssize_t got;

    memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
    lines->end -= lines->begin;
    lines->begin = 0;
    if (lines->end == lines->room && !GARBAGE_RETRY(L, grow(lines))) {
        fail_lj(L, lines, TEXT_OVER_LIMIT);
    }
    budget_charge_lj(L, (lines->room - lines->end) / BYTES_OF_UNIT);
    got = filesource_read(&lines->source, lines->buffer + lines->end, lines->room - lines->end,
                          lines->position);
    if (got < 0) {
        fail_lj(L, lines,
                errno == EILSEQ  ? "the gzip data are broken"
                : errno == EPIPE ? "the gzip data are cut"
                                 : strerror(errno));
    }
    lines->at_end = got == 0;
    lines->position += (uint64_t)got;
    lines->end += (size_t)got;
}

/* The iterator; upvalues: the object, the path. */
static int next_line_lj(lua_State *L)
{
    struct file_lines *lines = lua_touserdata(L, lua_upvalueindex(1));

    if (lines->source.file < 0) {
        return luaL_error(L, "lure.file.lines: %s: it is at its end, or closed",
                          lua_tostring(L, lua_upvalueindex(2)));
    }
    budget_charge_lj(L, BUDGET_OF_STEP);
    for (;;) {
        const char *begin = lines->buffer + lines->begin;
        const size_t known = lines->end - lines->begin;
        const char *end = memchr(begin + lines->scanned, '\n', known - lines->scanned);
        const size_t size = end != NULL ? (size_t)(end - begin) : known;

        if (size > lines->max_line) {
            return fail_lj(L, lines, "it is longer than max_line");
        }
        if (end != NULL || (lines->at_end && known > 0)) {
            lua_pushlstring(L, begin, size); /* ..., line */
            lines->begin += size + (end != NULL);
            lines->scanned = 0;
            lines->number++;
            return 1;
        }
        if (lines->at_end) {
            close_lines(lines);
            lua_pushnil(L);
            return 1;
        }
        lines->scanned = known;
        read_more_lj(L, lines);
    }
}

/* -1: it is no regular file, or cannot be opened: throws. */
static int open_regular_lj(lua_State *L, const char *path)
{
    struct stat status;
    int file;

    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return luaL_error(L, "lure.file.lines: %s: expected a regular file, got %s", path,
                          S_ISDIR(status.st_mode)    ? "a directory"
                          : S_ISFIFO(status.st_mode) ? "a FIFO"
                          : S_ISSOCK(status.st_mode) ? "a socket"
                                                     : "a device");
    }
    file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) {
        return luaL_error(L, "lure.file.lines: %s: %s", path, strerror(errno));
    }
    return file;
}

/* False: there is no memory, and it is closed. */
static bool open_lines_lj(lua_State *L, struct file_lines *lines, const char *path)
{
    const int file = open_regular_lj(L, path);

    lines->room = FIRST_ROOM;
    if (filesource_open(&lines->source, file, filesource_is_gzip(file), lines->budget) &&
        (lines->buffer = memory_take(lines->budget, FIRST_ROOM)) != NULL) {
        return true;
    }
    close_lines(lines);
    return false;
}

int file_lines_lj(lua_State *L)
{
    static const char *const known[] = {"max_line", NULL};
    struct memory_budget *budget = lua_touserdata(L, lua_upvalueindex(1));
    const char *path = file_check_path_lj(L, "lure.file.lines");
    struct file_lines *lines;

    file_check_options_lj(L, "lure.file.lines", known); /* path, options */
    lines = lua_newuserdatauv(L, sizeof(*lines), 0);    /* path, options, lines */
    *lines = (struct file_lines){.source = {.file = -1}, .budget = budget};
    luaL_setmetatable(L, METATABLE);
    lines->max_line =
        (size_t)file_check_option_lj(L, "lure.file.lines", "max_line", LONGEST_LINE, LARGEST_LIMIT);
    budget_charge_lj(L, UNITS_OF_FILE);
    if (!GARBAGE_RETRY(L, open_lines_lj(L, lines, path))) {
        return luaL_error(L, "lure.file.lines: " TEXT_OVER_LIMIT);
    }
    lua_pushvalue(L, 3);                  /* path, options, lines, lines */
    lua_pushvalue(L, 1);                  /* path, options, lines, lines, path */
    lua_pushcclosure(L, next_line_lj, 2); /* path, options, lines, iterator */
    lua_pushnil(L);                       /* path, options, lines, iterator, nil */
    lua_pushnil(L);                       /* path, options, lines, iterator, nil, nil */
    lua_pushvalue(L, 3);                  /* path, options, lines, iterator, nil, nil, lines */
    return 4;
}

/* Of a folder that is read: __gc, where reading threw. */
static int close_folder_lj(lua_State *L)
{
    DIR **folder = lua_touserdata(L, 1);

    if (*folder != NULL) {
        closedir(*folder);
        *folder = NULL;
    }
    return 0;
}

void file_lines_open_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__gc", close_lines_lj}, {"__close", close_lines_lj}, {NULL, NULL}};

    luaL_newmetatable(L, METATABLE); /* metatable */
    luaL_setfuncs(L, methods, 0);    /* metatable */
    lua_pop(L, 1);                   /* */
    luaL_newmetatable(L, METATABLE ".folder");
    lua_pushcfunction(L, close_folder_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");           /* metatable */
    lua_pop(L, 1);                         /* */
}

/* lure.file.list(folder): the names in it, in no order; nil and a text. */
int file_list_lj(lua_State *L)
{
    const char *path = file_check_path_lj(L, "lure.file.list");
    lua_Integer count = 0;
    DIR **folder;
    const struct dirent *entry;

    lua_settop(L, 1);                                /* path */
    folder = lua_newuserdatauv(L, sizeof(DIR *), 0); /* path, folder */
    *folder = NULL;
    luaL_setmetatable(L, METATABLE ".folder");
    budget_charge_lj(L, UNITS_OF_FILE);
    *folder = opendir(path);
    if (*folder == NULL) {
        lua_pushnil(L);                                                      /* path, folder, nil */
        lua_pushfstring(L, "lure.file.list: %s: %s", path, strerror(errno)); /* path, folder, nil, text */
        return 2;
    }
    lua_newtable(L); /* path, folder, names */
    while ((entry = readdir(*folder)) != NULL) {
        budget_charge_lj(L, 20 * BUDGET_OF_STEP);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            lua_pushstring(L, entry->d_name); /* path, folder, names, name */
            lua_rawseti(L, 3, ++count);       /* path, folder, names */
        }
    }
    closedir(*folder);
    *folder = NULL;
    return 1;
}

static const char *kind_of(mode_t mode)
{
    return S_ISREG(mode)    ? "file"
           : S_ISDIR(mode)  ? "directory"
           : S_ISLNK(mode)  ? "link"
           : S_ISFIFO(mode) ? "fifo"
           : S_ISSOCK(mode) ? "socket"
           : S_ISCHR(mode)  ? "character device"
                            : "block device";
}

/* Stack: [table] unchanged */
static void set_integer_lj(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value); /* table, value */
    lua_setfield(L, -2, name); /* table */
}

/* lure.file.stat(path): what the system says of it, links followed; nil and a text. */
int file_stat_lj(lua_State *L)
{
    const char *path = file_check_path_lj(L, "lure.file.stat");
    struct stat status;

    budget_charge_lj(L, UNITS_OF_FILE);
    if (stat(path, &status) != 0) {
        lua_pushnil(L);                                                      /* ..., nil */
        lua_pushfstring(L, "lure.file.stat: %s: %s", path, strerror(errno)); /* ..., nil, text */
        return 2;
    }
    lua_createtable(L, 0, 8); /* ..., table */
    lua_pushstring(L, kind_of(status.st_mode));
    lua_setfield(L, -2, "type");
    set_integer_lj(L, "size", (lua_Integer)status.st_size);
    set_integer_lj(L, "modified",
                   (lua_Integer)(status.st_mtim.tv_sec * CLOCK_SECOND + status.st_mtim.tv_nsec));
    set_integer_lj(L, "mode", (lua_Integer)(status.st_mode & 07777));
    set_integer_lj(L, "user", (lua_Integer)status.st_uid);
    set_integer_lj(L, "group", (lua_Integer)status.st_gid);
    set_integer_lj(L, "device", (lua_Integer)status.st_dev);
    set_integer_lj(L, "inode", (lua_Integer)status.st_ino);
    return 1;
}
