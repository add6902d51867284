#include "hostconfig/hostconfig.h"

#include "base/fileidentity.h"
#include "base/text.h"
#include "hostconfig/configuredplugins.h"
#include "hostconfig/scriptpath.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where sysdig looks for a library without "/", after the directories in its $SYSDIG_PLUGIN_DIR. */
#define SYSDIG_PLUGINS "/usr/share/sysdig/plugins;/usr/local/share/sysdig/plugins"

/* The suffix that the kernel adds to the path of a program that an upgrade has replaced. */
#define REPLACED " (deleted)"

#define LONGEST_COMMAND_LINE (4u << 20)

/* ---- the process ---- */

/* The command line of this process, as words that each end with NUL. */
struct command_line {
    char *bytes;
    char **words;
    size_t count;
};

static void command_line_free(struct command_line *line)
{
    free(line->bytes);
    free(line->words);
}

/* All of /proc/self/cmdline. NULL: it cannot be read, or memory is out. */
static char *read_bytes(size_t *length)
{
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    size_t room = 4096;
    char *bytes = file >= 0 ? malloc(room + 1) : NULL;
    ssize_t got = 1;

    *length = 0;
    while (bytes != NULL && got > 0 && *length < LONGEST_COMMAND_LINE) {
        if (*length == room) {
            char *larger = realloc(bytes, 2 * room + 1);

            if (larger == NULL) {
                break;
            }
            bytes = larger;
            room *= 2;
        }
        got = read(file, bytes + *length, room - *length);
        *length += got > 0 ? (size_t)got : 0;
    }
    if (file >= 0) {
        close(file);
    }
    if (bytes != NULL) {
        bytes[*length] = '\0';
    }
    return bytes;
}

static bool read_command_line(struct command_line *line)
{
    size_t length, words = 1;

    *line = (struct command_line){.bytes = read_bytes(&length)};
    if (line->bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        words += line->bytes[i] == '\0';
    }
    line->words = calloc(words, sizeof(*line->words));
    if (line->words == NULL) {
        return false;
    }
    for (char *at = line->bytes; at < line->bytes + length; at += strlen(at) + 1) {
        line->words[line->count++] = at;
    }
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

enum host { HOST_OTHER, HOST_FALCO, HOST_SYSDIG };

/* Which program is running, by the name of its file. */
static enum host which_host(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    const char *name;

    if (length < 0) {
        return HOST_OTHER;
    }
    path[length] = '\0';
    if (ends_with(path, REPLACED)) {
        path[(size_t)length - strlen(REPLACED)] = '\0';
    }
    name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    if (strcmp(name, "falco") == 0) {
        return HOST_FALCO;
    }
    return strcmp(name, "sysdig") == 0 || strcmp(name, "csysdig") == 0 ? HOST_SYSDIG : HOST_OTHER;
}

/* ---- which entry is ours ---- */

/* The path without "." and "..", removed textually as Falco does it, wherever links lead. The caller frees
 * it. */
static char *normal_path(const char *path)
{
    char *normal = malloc(strlen(path) + 2), *to = normal;

    while (normal != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");

        if (length == 2 && strncmp(path, "..", 2) == 0 && to > normal) {
            to--; /* behind the last part */
            while (to > normal && to[-1] != '/') {
                to--;
            }
        } else if (length > 0 && !(length == 1 && path[0] == '.')) {
            memcpy(to, path, length);
            to += length;
            *to++ = '/';
        }
        path += length + (path[length] == '/');
    }
    if (normal != NULL) {
        to -= to > normal;
        *to = '\0';
    }
    return normal;
}

/* True if `named`, appended to one of the directories on the library's path, is the library. */
static bool is_below_directory_of(const char *named, const char *library)
{
    for (size_t length = strlen(library); length > 0; length--) {
        if (library[length - 1] == '/') {
            char *path = text_format("%.*s%s", (int)length, library, named);
            bool same = path != NULL && file_same(path, library);

            free(path);
            if (same) {
                return true;
            }
        }
    }
    return false;
}

/* Falco: a relative path is in its plugin directory, which differs between builds of Falco. */
static bool is_falcos(const char *named, const char *library)
{
    char *normal, *path;
    bool same;

    if (named[0] == '/') {
        return file_same(named, library);
    }
    normal = normal_path(named);
    path = normal != NULL ? text_format(FALCO_PLUGINS "/%s", normal) : NULL;
    same = path != NULL &&
           (file_same(path, library) || (access(path, F_OK) != 0 && is_below_directory_of(normal, library)));
    free(path);
    free(normal);
    return same;
}

/* True if the library is `file` in one of `directories`, which ";" separates. */
static bool is_in_directories(const char *directories, const char *file, const char *library)
{
    bool same = false;

    while (!same && *directories != '\0') {
        size_t length = strcspn(directories, ";");
        char *path = text_format("%.*s/%s", (int)length, directories, file);

        same = length > 0 && path != NULL && file_same(path, library);
        free(path);
        directories += length + (directories[length] == ';');
    }
    return same;
}

/* True if the library has that name, or a link with that name in sysdig's directories leads to it. */
static bool is_called(const char *file, const char *library)
{
    const char *name = strrchr(library, '/') != NULL ? strrchr(library, '/') + 1 : library;
    const char *own = getenv("SYSDIG_PLUGIN_DIR");

    return strcmp(name, file) == 0 || (own != NULL && is_in_directories(own, file, library)) ||
           is_in_directories(SYSDIG_PLUGINS, file, library);
}

/* sysdig: a name without "/" is a file in one of its directories, optionally without "lib" and ".so". */
static bool is_sysdigs(const char *named, const char *library)
{
    char *full;
    bool same;

    if (strchr(named, '/') != NULL) {
        return file_same(named, library);
    }
    full = text_format("lib%s.so", named);
    same = is_called(named, library) || (full != NULL && is_called(full, library));
    free(full);
    return same;
}

/* ---- the choice ---- */

struct choice {
    const char *library;
    enum host host;
    const struct configured_plugin *first; /* of ours, the first that names a script, or the first */
    char *script;                          /* that it names, or NULL */
};

static const char *name_of(const struct configured_plugin *candidate)
{
    return candidate->name != NULL ? candidate->name : candidate->library;
}

static char *conflict(const struct choice *choice, const struct configured_plugin *second)
{
    return text_format(
        "two plugins (%s: %s, %s: %s) use %s with different scripts: a process can load one file only "
        "once; copy the library (a link is not enough) and name the copy in one of them, or make each its "
        "own "
        "with \"lure pack\"",
        choice->first->origin, name_of(choice->first), second->origin, name_of(second), choice->library);
}

/* Checks one entry. False: it cannot work. */
static bool check_entry(struct choice *choice, const struct configured_plugin *candidate, char **problem)
{
    bool ours = choice->host == HOST_FALCO ? is_falcos(candidate->library, choice->library)
                                           : is_sysdigs(candidate->library, choice->library);
    char *script = NULL;

    if (!ours) {
        return true;
    }
    if (!configured_plugin_script(candidate, &script, problem)) {
        free(script);
        return false;
    }
    if (script != NULL && choice->script != NULL && !file_same(script, choice->script)) {
        *problem = conflict(choice, candidate);
        free(script);
        return false;
    }
    if (choice->first == NULL || (script != NULL && choice->script == NULL)) {
        choice->first = candidate;
        choice->script = script;
        return true;
    }
    free(script);
    return true;
}

/* Copies what else the entry says about the plugin. False: out of memory. */
static bool copy_requirements(const struct choice *choice, struct hostconfig_entry *entry)
{
    const struct configured_plugin *first = choice->first;

    if (choice->host == HOST_FALCO && first->name != NULL) { /* which looks for the source by it */
        entry->name = text_copy(first->name);
        entry->name_origin = text_copy(first->name_origin);
    }
    entry->written = first->written != NULL ? cJSON_Duplicate(first->written, true) : NULL;
    return (entry->written == NULL) == (first->written == NULL) &&
           (choice->host != HOST_FALCO || first->name == NULL ||
            (entry->name != NULL && entry->name_origin != NULL));
}

static enum hostconfig_answer choose_entry(const struct configured_plugins *candidates, struct choice *choice,
                                           struct hostconfig_entry *entry, char **problem)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (!check_entry(choice, &candidates->list[i], problem)) {
            return HOSTCONFIG_REFUSED;
        }
    }
    if (choice->first == NULL) {
        if (candidates->fault != NULL) {
            *problem = text_format("%s; no script is known without it", candidates->fault);
        }
        return HOSTCONFIG_NONE;
    }
    entry->script = text_copy(choice->script);
    entry->base = text_copy(choice->first->base);
    entry->init_config = text_copy(choice->first->init_config);
    entry->origin = text_copy(choice->first->origin);
    if ((entry->script == NULL) != (choice->script == NULL) || entry->origin == NULL || entry->base == NULL ||
        entry->init_config == NULL || !copy_requirements(choice, entry)) {
        return HOSTCONFIG_REFUSED;
    }
    return HOSTCONFIG_FOUND;
}

enum hostconfig_answer hostconfig_find_self(const char *library, const char *directory,
                                            struct hostconfig_entry *entry, char **problem)
{
    struct choice choice = {.library = library, .host = which_host()};
    struct configured_plugins candidates = {0};
    struct command_line line;
    enum hostconfig_answer answer = HOSTCONFIG_REFUSED;

    *entry = (struct hostconfig_entry){0};
    *problem = NULL;
    if (choice.host == HOST_OTHER) {
        return HOSTCONFIG_NONE;
    }
    if (directory == NULL) {
        directory = "."; /* the working directory was removed: only absolute paths can be resolved */
    }
    if (read_command_line(&line)) {
        if (choice.host == HOST_FALCO) {
            falcoconfig_read(&candidates, line.words, line.count, directory);
        } else {
            sysdigargs_read(&candidates, line.words, line.count, directory);
        }
        entry->shows_log = candidates.shows_log;
        answer =
            candidates.no_memory ? HOSTCONFIG_REFUSED : choose_entry(&candidates, &choice, entry, problem);
    }
    command_line_free(&line);
    configured_plugins_free(&candidates);
    free(choice.script);
    return answer;
}

void hostconfig_entry_free(struct hostconfig_entry *entry)
{
    free(entry->script);
    free(entry->base);
    free(entry->init_config);
    free(entry->origin);
    free(entry->name);
    free(entry->name_origin);
    cJSON_Delete(entry->written);
    *entry = (struct hostconfig_entry){0};
}
