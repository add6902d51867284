#include "file/pathpattern.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct search {
    bool (*each)(void *owner, const char *path);
    void *owner;
};

bool pathpattern_is_pattern(const char *pattern)
{
    return strpbrk(pattern, "*?[\\") != NULL;
}

static bool search_in(const struct search *search, const char *folder, const char *pattern);

/* Goes on with the entry `name` of the folder; `rest` is the pattern behind it, or NULL. */
static bool search_entry(const struct search *search, const char *folder, const char *name, const char *rest)
{
    char *path = text_format("%s%s%s", folder, name, rest != NULL ? "/" : "");
    bool more;

    if (path == NULL) {
        errno = ENOMEM;
        return false;
    }
    if (rest != NULL) {
        more = search_in(search, path, rest);
    } else {
        more = access(path, F_OK) != 0 || search->each(search->owner, path);
    }
    free(path);
    return more;
}

/* Tries all entries of the folder. */
static bool search_matching(const struct search *search, const char *folder, const char *pattern,
                            const char *rest)
{
    DIR *entries = opendir(folder[0] != '\0' ? folder : ".");
    const struct dirent *entry;
    bool more = true;

    while (more && entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            fnmatch(pattern, entry->d_name, FNM_PERIOD) == 0) {
            more = search_entry(search, folder, entry->d_name, rest);
        }
    }
    if (entries != NULL) {
        closedir(entries);
    }
    return more;
}

/* `folder` is "", or ends with "/". */
static bool search_in(const struct search *search, const char *folder, const char *pattern)
{
    const size_t length = strcspn(pattern, "/");
    const char *rest = pattern[length] == '/' ? pattern + length + 1 : NULL;
    char *component = strndup(pattern, length);
    bool more;

    if (component == NULL) {
        errno = ENOMEM;
        return false;
    }
    more = pathpattern_is_pattern(component) ? search_matching(search, folder, component, rest)
                                             : search_entry(search, folder, component, rest);
    free(component);
    return more;
}

bool pathpattern_each(const char *pattern, bool (*each)(void *owner, const char *path), void *owner)
{
    const struct search search = {each, owner};

    if (!pathpattern_is_pattern(pattern)) { /* an entry named so may not be read as a folder */
        return access(pattern, F_OK) != 0 || each(owner, pattern);
    }
    return search_in(&search, "", pattern);
}
