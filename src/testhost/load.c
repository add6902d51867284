#include "testhost/load.h"

#include "base/interruptioncounter.h"
#include "testhost/driver.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* True if the library has the symbol by which API 0 plugins tell their type. A look-up would run the plugin's
 * resolvers in an order that no host has, so the symbol table is read instead. */
static bool names_get_type(void *handle)
{
    static const char wanted[] = "plugin_get_type";
    struct link_map *map;
    const char *strings = NULL;
    size_t size = 0;

    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return false;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_STRTAB)
            strings = (const char *)entry->d_un.d_ptr;
        else if (entry->d_tag == DT_STRSZ)
            size = entry->d_un.d_val;
    }
    return strings != NULL && memmem(strings, size, wanted, sizeof wanted) != NULL;
}

static bool copy_options(struct library *library, const struct load_options *options)
{
    library->options = *options;
    memset(&library->options.only, 0, sizeof library->options.only);
    for (size_t i = 0; i < options->only.count; i++)
        if (!string_list_add(&library->options.only, options->only.items[i]))
            return false;
    return true;
}

/* The dynamic loader would wait for somebody who writes into a named pipe. */
static bool is_file(const char *path)
{
    struct stat status;

    return strchr(path, '/') == NULL || stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* lure's own library ends what its script runs when the program gets a signal (script/interruption.h). */
static void offer_interruption(void *handle)
{
    void (*interrupt)(const atomic_int *counter);

    *(void **)&interrupt = dlsym(handle, "lure_interrupt");
    if (interrupt != NULL)
        interrupt(interruption_counter());
}

static bool load(struct library *library, const char *path, const struct load_options *options, char *message)
{
    int api = options->api;

    library->path = strdup(path);
    if (library->path == NULL || !copy_options(library, options))
        return message_no_memory(message);
    if (!is_file(path))
        return message_fail(message, "is no regular file; expected a plugin's library (.so)");
    library->handle = dlopen(path, options->lazy ? RTLD_LOCAL | RTLD_LAZY : RTLD_LOCAL | RTLD_NOW);
    if (library->handle == NULL)
        return message_fail(message, "can't load plugin dynamic library: %s", dlerror());
    offer_interruption(library->handle);
    if (api < 0)
        api = names_get_type(library->handle) ? 0 : 3;
    library->driver = api == 0 ? &driver_v0 : &driver_v3;
    return library->driver->load(library, message);
}

/* Errors of the loader get the path in front; those thrown later begin with "error in plugin" already. */
static void add_path(const char *path, char *message)
{
    char whole[2 * HOST_MESSAGE];

    if (strncmp(message, "error in plugin ", strlen("error in plugin ")) == 0)
        return;
    snprintf(whole, sizeof whole, "cannot load plugin %s: %s", path, message);
    snprintf(message, HOST_MESSAGE, "%.*s", HOST_MESSAGE - 1, whole);
    message_end_whole(message);
}

struct library *library_load(const char *path, const struct load_options *options, char *message,
                             char **answered)
{
    struct library *library = calloc(1, sizeof *library);

    *answered = NULL;
    if (library == NULL) {
        message_no_memory(message);
        return NULL;
    }
    if (load(library, path, options, message))
        return library;
    add_path(path, message);
    *answered = library->required_api_version;
    library->required_api_version = NULL;
    library_free(library);
    return NULL;
}
