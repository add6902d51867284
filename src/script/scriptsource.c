#include "script/scriptsource.h"

#include "base/clock.h"
#include "base/fileidentity.h"
#include "base/text.h"
#include "script/filetrust.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST_SCRIPT (16 * 1024 * 1024)

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static struct script_source *source_new(const char *path, const char *name)
{
    struct script_source *source = calloc(1, sizeof(*source));

    if (source == NULL) {
        return NULL;
    }
    source->references = 1;
    source->path = text_copy(path);
    source->directory = strndup(path, (size_t)(base_name(path) - path));
    source->name = text_copy(name);
    if (source->path == NULL || source->name == NULL || source->directory == NULL) {
        script_source_release(source);
        return NULL;
    }
    return source;
}

/* Checks the opened file. False: `*error` says why it is not read. */
static bool is_allowed(const char *path, const struct stat *status, bool trusted, char **error)
{
    if (S_ISDIR(status->st_mode)) {
        *error = text_format("%s: is a directory; expected a Lua script", path);
    } else if (!S_ISREG(status->st_mode)) {
        *error = text_format("%s: is no regular file; expected a Lua script", path);
    } else {
        return trusted || filetrust_is_safe(path, status, error);
    }
    return false;
}

/* Opens and checks the file. -1: `*error` says why it is not read. */
static int open_allowed(const char *path, struct stat *status, bool trusted, char **error)
{
    /* not blocking: opening a named pipe would wait for a writer; a terminal must not become the host's */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    *error = NULL;
    if (file < 0) {
        *error = text_format("%s: cannot be read: %s", path, strerror(errno));
        return -1;
    }
    if (fstat(file, status) != 0) {
        *error = text_format("%s: %s", path, strerror(errno));
    } else if (is_allowed(path, status, trusted, error)) {
        return file;
    }
    close(file);
    return -1;
}

/* False: errno says why. */
static bool read_text(int file, struct script_source *source, size_t size)
{
    source->text = malloc(size + 1);
    if (source->text == NULL) {
        return false;
    }
    while (source->length < size) {
        ssize_t got = read(file, source->text + source->length, size - source->length);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return false;
        }
        if (got == 0) {
            break;
        }
        source->length += (size_t)got;
    }
    source->text[source->length] = '\0';
    return true;
}

/* False: `*error` says why. */
static bool read_file(int file, struct script_source *source, char **error)
{
    if (source->status.st_size > LARGEST_SCRIPT) {
        *error = text_format("%s: has %lld bytes; a script has at most 16 MiB", source->path,
                             (long long)source->status.st_size);
    } else if (!read_text(file, source, (size_t)source->status.st_size)) {
        *error = text_format("%s: %s", source->path, strerror(errno));
    } else if (source->length > 0 && source->text[0] == LUA_SIGNATURE[0]) {
        *error = text_format("%s: is compiled Lua, which is never loaded; name the source", source->path);
    } else {
        return true;
    }
    return false;
}

struct script_source *script_source_read(const char *path, bool trusted, char **error)
{
    struct script_source *source = source_new(path, base_name(path));
    int file = source != NULL ? open_allowed(path, &source->status, trusted, error) : -1;
    bool done = file >= 0 && read_file(file, source, error);

    if (source == NULL) {
        *error = NULL;
    }
    if (file >= 0) {
        close(file);
    }
    if (!done) {
        script_source_release(source);
        return NULL;
    }
    return source;
}

bool script_source_may_load(const char *path, bool trusted, char **error)
{
    struct stat status;
    int file = open_allowed(path, &status, trusted, error);

    if (file >= 0) {
        close(file);
    }
    return file >= 0;
}

/* Makes a source without a file, from a text of `length` bytes. */
static struct script_source *source_of(const char *name, const char *text, size_t length)
{
    struct script_source *source = source_new("", name);

    if (source == NULL) {
        return NULL;
    }
    source->text = malloc(length + 1);
    if (source->text == NULL) {
        script_source_release(source);
        return NULL;
    }
    memcpy(source->text, text, length);
    source->text[length] = '\0';
    source->length = length;
    return source;
}

struct script_source *script_source_from_text(const char *name, const char *text)
{
    return source_of(name, text, strlen(text));
}

struct script_source *script_source_packed(struct script_text name, struct script_text text)
{
    char *called = strndup(name.text, name.length);
    struct script_source *source = called != NULL ? source_of(called, text.text, text.length) : NULL;

    free(called);
    return source;
}

bool script_source_pack(struct script_source *script, struct script_text module, struct script_text name,
                        struct script_text text)
{
    struct script_module *modules = realloc(script->modules, (script->module_count + 1) * sizeof(*modules));
    struct script_module *added;

    if (modules == NULL) {
        return false;
    }
    script->modules = modules;
    added = &modules[script->module_count++];
    added->name = strndup(module.text, module.length);
    added->source = script_source_packed(name, text);
    return added->name != NULL && added->source != NULL;
}

struct script_source *script_source_hold(struct script_source *source)
{
    __atomic_add_fetch(&source->references, 1, __ATOMIC_RELAXED);
    return source;
}

void script_source_release(struct script_source *source)
{
    if (source == NULL || __atomic_sub_fetch(&source->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    for (size_t i = 0; i < source->module_count; i++) {
        free(source->modules[i].name);
        script_source_release(source->modules[i].source);
    }
    free(source->modules);
    free(source->path);
    free(source->directory);
    free(source->name);
    free(source->text);
    free(source);
}

bool script_source_same(const struct script_source *a, const struct script_source *b)
{
    return strcmp(a->path, b->path) == 0 && a->length == b->length &&
           memcmp(a->text, b->text, a->length) == 0;
}

bool script_source_is_current(const struct script_source *source)
{
    struct stat now;

    return source->path[0] == '\0' ||
           (stat(source->path, &now) == 0 && file_unchanged(&now, &source->status));
}

static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '.';
}

/* Length of the comment that begins at `at`; 0: none begins there. Its last line end is not included. */
static size_t comment_length(const char *at)
{
    char close[64] = "]";
    size_t level = 0;
    const char *end;

    if (at[0] != '-' || at[1] != '-') {
        return 0;
    }
    if (at[2] == '[') {
        level = strspn(at + 3, "=");
    }
    if (at[2] != '[' || at[3 + level] != '[' || level > sizeof(close) - 3) {
        return strcspn(at, "\n");
    }
    memset(close + 1, '=', level);
    close[level + 1] = ']';
    close[level + 2] = '\0';
    end = strstr(at, close);
    return end != NULL ? (size_t)(end - at) : strlen(at);
}

/* The quote that is open after the character at `at`, if `open` was before it; 0: none. */
static char quote_after(const char *at, char open)
{
    if (open != 0) {
        return *at == open || *at == '\n' ? 0 : open;
    }
    return *at == '"' || *at == '\'' ? *at : 0;
}

int script_source_line_of(const struct script_source *source, const char *word)
{
    size_t length = strlen(word);
    char quote = 0;
    int line = 1;

    for (const char *at = source->text; *at != '\0' && length > 0; at++) {
        size_t skip = quote == 0 ? comment_length(at) : (size_t)(*at == '\\' && at[1] != '\0');

        if (*at == *word && strncmp(at, word, length) == 0 && skip == 0 && !is_word(at[length]) &&
            (at == source->text || !is_word(at[-1]))) {
            return line;
        }
        for (; skip > 0; skip--, at++) {
            line += *at == '\n';
        }
        if (*at == '\0') {
            break;
        }
        quote = quote_after(at, quote);
        line += *at == '\n';
    }
    return 0;
}

/* Skips a byte order mark and a first line that begins with "#", as lua does; the line's end stays. */
static const char *skip_head(const struct script_source *source)
{
    const char *text = source->text;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
    }
    if (*text == '#') {
        text += strcspn(text, "\n");
    }
    return text;
}

const char *script_source_doubt(const struct script_source *source)
{
    int64_t changed = source->status.st_ctim.tv_sec * CLOCK_SECOND + source->status.st_ctim.tv_nsec;
    int64_t age = clock_now(CLOCK_REALTIME) - changed;

    return source->path[0] != '\0' && age >= 0 && age < CLOCK_SECOND
               ? " (the file was changed less than a second ago: it may not be written to its end yet)"
               : "";
}

int script_source_load_lj(lua_State *L, const struct script_source *source)
{
    const char *text = skip_head(source);
    size_t length = source->length - (size_t)(text - source->text);

    lua_pushfstring(L, "@%s", source->name);                                     /* chunk */
    if (luaL_loadbufferx(L, text, length, lua_tostring(L, -1), "t") == LUA_OK) { /* chunk, function */
        lua_remove(L, -2);                                                       /* function */
        return LUA_OK;
    }
    lua_remove(L, -2); /* message */
    if (strstr(lua_tostring(L, -1), "<eof>") != NULL) {
        lua_pushstring(L, script_source_doubt(source)); /* message, doubt */
        lua_concat(L, 2);                               /* message */
    }
    return LUA_ERRSYNTAX;
}
