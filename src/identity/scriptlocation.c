#include "identity/scriptlocation.h"

#include "base/text.h"
#include "hostconfig/hostconfig.h"
#include "identity/bundle.h"
#include "json/cjson_parse.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An address inside of this shared object, for dladdr. */
static const char inside = 0;

/* The path of this very shared object. The caller frees it. */
static char *own_path(void)
{
    Dl_info self;

    if (dladdr(&inside, &self) == 0 || self.dli_fname == NULL) {
        return NULL;
    }
    return realpath(self.dli_fname, NULL);
}

/* "/usr/share/falco/plugins/libdummy.so" -> "/usr/share/falco/plugins/dummy.lua". The caller frees it. */
static char *script_beside(const char *library)
{
    const char *slash = strrchr(library, '/');
    const char *name = slash != NULL ? slash + 1 : library;
    const char *stem = strncmp(name, "lib", 3) == 0 ? name + 3 : name;
    const char *dot = strstr(stem, ".so");
    size_t length = dot != NULL ? (size_t)(dot - stem) : strlen(stem);

    return text_format("%.*s%.*s.lua", (int)(name - library), library, (int)length, stem);
}

/* An absolute path for one that is relative to the working directory. The caller frees it. */
static char *absolute(const char *path, const char *directory)
{
    return path[0] == '/' || directory == NULL ? text_copy(path) : text_format("%s/%s", directory, path);
}

/* Reads `lure` out of the text of an init_config, if that is an object. */
static cJSON *lure_of(const char *init_config)
{
    cJSON *config = init_config != NULL ? json_parse(init_config, NULL) : NULL;
    cJSON *lure = json_keep_last(config) && cJSON_IsObject(config)
                      ? cJSON_DetachItemFromObjectCaseSensitive(config, "lure")
                      : NULL;

    cJSON_Delete(config);
    return lure;
}

/* Asks the host's configuration. */
static enum hostconfig_answer ask_host(struct location *location, const char *library, const char *directory,
                                       char **problem)
{
    struct hostconfig_entry entry = {0};
    enum hostconfig_answer answer = hostconfig_find_self(library, directory, &entry, problem);

    if (answer == HOSTCONFIG_FOUND) {
        location->script = text_copy(entry.script);
        location->base = text_copy(entry.base);
        location->lure = lure_of(entry.init_config);
        location->origin = text_copy(entry.origin);
        location->name = text_copy(entry.name);
        location->name_origin = text_copy(entry.name_origin);
        location->written = entry.written;
        entry.written = NULL;
    }
    location->shows_log = entry.shows_log;
    hostconfig_entry_free(&entry);
    return answer;
}

/* Looks for a script beside the library, or in the environment. */
static void look_elsewhere(struct location *location, const char *library, const char *directory)
{
    const char *named = secure_getenv("LURE_SCRIPT");
    char *neighbour = library != NULL ? script_beside(library) : NULL;

    if (neighbour != NULL && access(neighbour, F_OK) == 0) {
        location->script = neighbour;
        return;
    }
    free(neighbour);
    if (named != NULL && named[0] != '\0') {
        location->script = absolute(named, directory);
    }
}

bool locate_script(struct location *location, char **problem)
{
    char *directory = getcwd(NULL, 0);
    char *library = own_path();
    enum hostconfig_answer answer = HOSTCONFIG_NONE;

    *location = (struct location){0};
    *problem = NULL;
    if (library != NULL) {
        answer = ask_host(location, library, directory, problem);
    }
    if (bundle_exists()) {
        location->packed = true; /* a script in the host's configuration is checked in init */
        free(location->script);
        location->script = NULL;
    } else if (answer != HOSTCONFIG_REFUSED && location->script == NULL) {
        look_elsewhere(location, library, directory);
    }
    if (answer == HOSTCONFIG_NONE && *problem != NULL && location->script == NULL && !location->packed) {
        answer = HOSTCONFIG_REFUSED; /* a generic plugin would only hide why */
    } else if (answer == HOSTCONFIG_NONE) {
        free(*problem);
        *problem = NULL;
    }
    if (location->base == NULL) {
        location->base = text_copy(directory != NULL ? directory : "/");
    }
    free(library);
    free(directory);
    return answer != HOSTCONFIG_REFUSED;
}

void location_free(struct location *location)
{
    free(location->script);
    free(location->base);
    cJSON_Delete(location->lure);
    free(location->origin);
    free(location->name);
    free(location->name_origin);
    cJSON_Delete(location->written);
    *location = (struct location){0};
}
