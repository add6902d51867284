#include "hostconfig/scriptpath.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLANKS " \t\r\n"

/* The name without white space around it. The caller frees it. */
static char *trimmed(const char *name)
{
    const char *first = name + strspn(name, BLANKS);
    size_t length = strlen(first);

    while (length > 0 && strchr(BLANKS, first[length - 1]) != NULL) {
        length--;
    }
    return strndup(first, length);
}

static char *join_path(const char *directory, const char *name)
{
    return name[0] == '/' ? text_copy(name) : text_format("%s/%s", directory, name);
}

char *scriptpath_find(const char *base, const char *name, bool *found)
{
    char *script = trimmed(name);
    char *path = script != NULL ? join_path(base, script) : NULL;
    char *other = path != NULL ? join_path(SCRIPTPATH_DIRECTORY, script) : NULL;

    *found = path != NULL && access(path, F_OK) == 0;
    if (!*found && other != NULL && access(other, F_OK) == 0) {
        *found = true;
        free(path);
        path = other;
        other = NULL;
    }
    free(other);
    free(script);
    return path;
}

char *scriptpath_missing(const char *base, const char *name, const char *beside)
{
    char *script = trimmed(name), *text = NULL;

    if (script != NULL && script[0] == '/') {
        text = text_format("script \"%s\" not found; give the path of a Lua script", script);
    } else if (script != NULL) {
        text = text_format("script \"%s\" found neither %s %s (%s/%s) nor in " SCRIPTPATH_DIRECTORY
                           "; put it into one of them, or give an absolute path",
                           script, beside != NULL ? "beside" : "in",
                           beside != NULL ? beside : "the working directory", base, script);
    }
    free(script);
    return text;
}
