/*
 * scriptsource: the text of a Lua file, read once.
 *
 * The identity and all plugin states use the same text, so that they agree even if the file changes
 * meanwhile. Immutable and reference counted; threads may share it.
 */
#ifndef LURE_SCRIPT_SCRIPTSOURCE_H
#define LURE_SCRIPT_SCRIPTSOURCE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* A text that is not terminated by NUL. */
struct script_text {
    const char *text;
    size_t length;
};

/* A module that is packed with a script. */
struct script_module {
    char *name; /* as `require` is given it */
    struct script_source *source;
};

struct script_source {
    int references;  /* changed atomically */
    char *path;      /* absolute; "" for a text that is in no file */
    char *directory; /* of the path, where modules are looked for; "" as above */
    char *name;      /* its last part: what messages call it */
    char *text;
    size_t length;
    struct stat status;            /* of the file when it was read */
    struct script_module *modules; /* packed with it: `require` looks here first */
    size_t module_count;
};

/* Reads a file of Lua; all files that lure runs are read by this. NULL: `*error` is a text that the caller
 * frees (NULL: out of memory). Refused, without blocking: what is no regular file, is larger than 16 MiB, is
 * compiled Lua, or, unless `trusted`, could have been written by others while the process runs as root
 * (filetrust.h). */
struct script_source *script_source_read(const char *path, bool trusted, char **error);

/* The same checks for a C module, which the dynamic loader reads. False: as above. */
bool script_source_may_load(const char *path, bool trusted, char **error);

/* A text that is in no file, called `name`. NULL: out of memory. */
struct script_source *script_source_from_text(const char *name, const char *text);

/* A packed script: a text that is in no file, called `name`; both are copied. NULL: out of memory. */
struct script_source *script_source_packed(struct script_text name, struct script_text text);

/* Adds a module to a script that is not shared yet. False: out of memory. */
bool script_source_pack(struct script_source *script, struct script_text module, struct script_text name,
                        struct script_text text);

struct script_source *script_source_hold(struct script_source *source);

/* Frees it with the last reference. NULL is allowed. */
void script_source_release(struct script_source *source);

bool script_source_same(const struct script_source *a, const struct script_source *b);

/* True if the file has been neither changed nor replaced since it was read; also if there is no file. */
bool script_source_is_current(const struct script_source *source);

/* The first line in which `word` occurs as a word outside of comments; 0 if there is none. */
int script_source_line_of(const struct script_source *source, const char *word);

/* For messages about a file that ends too early: that it was changed less than a second ago; "": it was not.
 * Loading cannot wait until nobody writes any more, as a reload does. */
const char *script_source_doubt(const struct script_source *source);

/* Loads it as a Lua function, as luaL_loadbuffer does; may throw for want of memory. Stack: [] -> [function
 * or message] */
int script_source_load_lj(lua_State *L, const struct script_source *source);

#endif
