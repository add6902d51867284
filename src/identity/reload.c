#include "identity/reload.h"

#include "base/clock.h"
#include "base/fileidentity.h"
#include "base/text.h"
#include "identity/compatibility.h"
#include "identity/stateinputs.h"
#include "plugin/scriptswap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file, and its status when it was last read or checked. */
struct watched {
    char *path;
    bool there;
    struct stat status;
};

struct reload {
    int64_t interval, next; /* ns */
    struct watched *files;
    size_t count;
    size_t modules; /* of the script that runs, as far as they are among them */
    bool changed;   /* one of them has, and the script was not tried yet */
    bool settled;   /* ... and nobody writes to them any more, as far as one can see */
    char *config;   /* the host's text */
};

/* ---- files ---- */

static void forget_files(struct reload *reload)
{
    for (size_t i = 0; i < reload->count; i++) {
        free(reload->files[i].path);
    }
    free(reload->files);
    reload->files = NULL;
    reload->count = 0;
}

static bool is_watched(const struct reload *reload, const char *path)
{
    for (size_t i = 0; i < reload->count; i++) {
        if (strcmp(reload->files[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds a file to those that are checked; if memory is out it is not checked. */
static void watch(struct reload *reload, const struct script_source *source)
{
    struct watched *files;
    char *path;

    if (is_watched(reload, source->path)) {
        return;
    }
    files = realloc(reload->files, (reload->count + 1) * sizeof(*files));
    path = files != NULL ? text_copy(source->path) : NULL;
    if (files != NULL) {
        reload->files = files;
    }
    if (path != NULL) {
        files[reload->count++] = (struct watched){path, true, source->status};
    }
}

static void watch_modules(struct reload *reload, struct script_source *const *modules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        watch(reload, modules[i]);
    }
}

/* Watches the files of the running script, with the status that they had when they were read. */
static void watch_running(struct reload *reload, const struct plugin *plugin)
{
    forget_files(reload);
    watch(reload, plugin->script->source);
    watch_modules(reload, plugin->vm.modules, plugin->vm.module_count);
    reload->modules = plugin->vm.module_count;
}

/* Updates the status of all files. True: one has changed. */
static bool update_status(struct reload *reload)
{
    bool changed = false;

    for (size_t i = 0; i < reload->count; i++) {
        struct watched *file = &reload->files[i];
        struct stat now;
        bool there = stat(file->path, &now) == 0;

        changed = changed || there != file->there || (there && !file_unchanged(&now, &file->status));
        file->there = there;
        if (there) {
            file->status = now;
        }
    }
    return changed;
}

/* True if no file has changed for an interval. Who writes a script in several steps is given that time; it
 * goes by the time of the change, which no one sets, as copies set that of the text. */
static bool are_left_alone(const struct reload *reload)
{
    int64_t time = clock_now(CLOCK_REALTIME);
    bool alone = true;

    for (size_t i = 0; i < reload->count && alone; i++) {
        const struct watched *file = &reload->files[i];

        alone = file->there && file->status.st_ctim.tv_sec * CLOCK_SECOND + file->status.st_ctim.tv_nsec <=
                                   time - reload->interval;
    }
    return alone;
}

/* True if the file exists and has the same text. */
static bool file_has_text(const struct script_source *source, bool trusted)
{
    char *problem;
    struct script_source *now = script_source_read(source->path, trusted, &problem);
    bool same = now != NULL && script_source_same(source, now);

    free(problem);
    script_source_release(now);
    return same;
}

/* True if the script and its modules still have the same text, for example if a file was only touched. */
static bool has_same_text(const struct plugin *plugin, const struct script_source *now)
{
    bool same = script_source_same(plugin->script->source, now);

    for (size_t i = 0; same && i < plugin->vm.module_count; i++) {
        same = file_has_text(plugin->vm.modules[i], plugin->limits.trust);
    }
    return same;
}

/* ---- trying ---- */

/* Takes over `problem`; NULL: out of memory. */
static void refuse_reload(struct state *state, char *problem)
{
    char *text = text_format("not reloaded, the script goes on as it was: %s",
                             problem != NULL ? problem : TEXT_NO_MEMORY);

    log_both(&state->plugin.log, LOG_LEVEL_ERROR, text != NULL ? text : "not reloaded: " TEXT_NO_MEMORY);
    free(text);
    free(problem);
}

static cJSON *read_params(void *owner, const char *text)
{
    return state_read_params(owner, text);
}

/* Replaces the running script by that of `manifest`. False: `*problem` says why not. */
static bool swap(struct state *state, const struct manifest *manifest, char **problem)
{
    cJSON *config = state_read_config(state, manifest, state->reload->config);
    struct swap swap = {
        .manifest = state->identity->generic ? state->identity->manifest : manifest,
        .script = manifest,
        .config = config,
        .read_params = read_params,
        .owner = state,
    };
    bool done = false;

    if (config == NULL) {
        *problem = text_copy(plugin_error(&state->plugin));
    } else {
        done = scriptswap_try(&state->plugin, &swap, problem);
    }
    cJSON_Delete(config);
    return done;
}

/* The errors of a script that was read; NULL: none, or out of memory. */
static char *find_fault(const struct state *state, struct manifest *manifest)
{
    if (manifest->findings.count == 0 && !state->identity->generic) {
        compatibility_check(state->plugin.manifest, manifest);
    }
    return manifest->findings.count > 0 ? text_copy(findings_text(&manifest->findings)) : NULL;
}

/* True if a file has changed again since it was last checked: what was read of them may be half of each. Then
 * the script is tried later. */
static bool change_again(struct reload *reload)
{
    reload->changed = update_status(reload);
    return reload->changed;
}

/* Reads the changed script, in the memory that the old one leaves. */
static struct manifest *read_beside(struct state *state, struct script_source *source)
{
    memory_make_room(&state->plugin.memory, 0);
    return state_read_script(state, source, &state->plugin.limits);
}

/* Reads the changed script and swaps to it. True: it runs now. */
static bool reload_source(struct state *state, struct script_source *source)
{
    struct reload *reload = state->reload;
    struct manifest *manifest = read_beside(state, source);
    char *problem = manifest != NULL ? find_fault(state, manifest) : NULL;
    bool fit = manifest != NULL && manifest->findings.count == 0;

    if (change_again(reload)) {
        free(problem);
        manifest_free(manifest);
        return false;
    }
    if (fit && swap(state, manifest, &problem)) {
        manifest_free(state->bound);
        state->bound = manifest;
        watch_running(reload, &state->plugin);
        return true;
    }
    refuse_reload(state, problem);
    if (manifest != NULL) {
        watch_modules(reload, manifest->modules, manifest->module_count);
    }
    manifest_free(manifest);
    return false;
}

/* Handles a change of the files, once for each change. True: another script runs now. */
static bool reload_files(struct state *state)
{
    struct plugin *plugin = &state->plugin;
    char *problem = NULL;
    struct script_source *source =
        script_source_read(plugin->script->source->path, plugin->limits.trust, &problem);
    bool swapped = false;

    state->reload->settled = false;
    if (change_again(state->reload)) {
        free(problem);
    } else if (source == NULL) {
        refuse_reload(state, problem);
    } else if (!has_same_text(plugin, source)) {
        swapped = reload_source(state, source);
    }
    script_source_release(source);
    return swapped;
}

static void log_reloaded(struct plugin *plugin)
{
    char *text = text_format("%s has changed and was reloaded (version %s)", plugin->script->source->name,
                             plugin->script->version);

    if (text != NULL) {
        log_both(&plugin->log, LOG_LEVEL_INFO, text);
    }
    free(text);
}

/* Tries to swap the script. The lock is released while the background thread is stopped. */
static void reload_while_paused(struct state *state)
{
    struct plugin *plugin = &state->plugin;
    const struct framework *framework = &plugin->framework;
    bool swapped = false;

    fairlock_leave(&plugin->lock);
    background_pause(plugin);
    fairlock_enter(&plugin->lock);
    if (state->reload->settled &&
        scriptswap_is_possible(plugin)) { /* may have changed while the lock was free */
        swapped = reload_files(state);
    }
    if (swapped) {
        log_reloaded(plugin);
    }
    if (framework->go_on != NULL) {
        framework->go_on(framework->owner, swapped);
    }
    background_go_on(plugin);
}

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC_COARSE); /* a few ns: this is asked for every event */
}

static void check_files(struct reload *reload, const struct plugin *plugin)
{
    bool changed;

    if (plugin->vm.module_count > reload->modules) { /* the script has required more */
        watch_modules(reload, plugin->vm.modules + reload->modules,
                      plugin->vm.module_count - reload->modules);
        reload->modules = plugin->vm.module_count;
    }
    changed = update_status(reload);
    reload->changed = changed || reload->changed;
    reload->settled = reload->changed && (!changed || are_left_alone(reload));
}

void reload_check(struct state *state, const struct event *event)
{
    struct reload *reload = state->reload;
    struct plugin *plugin = &state->plugin;
    int64_t time = now();

    if (time >= reload->next) {
        reload->next = time + reload->interval;
        check_files(reload, plugin);
    }
    if (!reload->settled || !scriptswap_is_possible(plugin)) {
        return;
    }
    if (event == NULL || (plugin->instances == NULL && !extraction_is_shown(&plugin->extraction, event))) {
        reload_while_paused(state);
    }
}

/* ---- beginning and end ---- */

static bool uses_tables_of_host(const struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->used.count; i++) {
        bool own = false;

        for (size_t k = 0; k < manifest->offered.count; k++) {
            own = own || strcmp(manifest->used.items[i]->name, manifest->offered.items[k]->name) == 0;
        }
        if (!own) {
            return true;
        }
    }
    return false;
}

/* Why this script cannot be swapped; NULL: it can. */
static const char *reason_against(const struct manifest *script)
{
    if (script->source->path[0] == '\0') {
        return "it is packed in the library, and no file";
    }
    if (!manifest_is_source(script) && !script->has[KEY_FIELDS] && !script->has[KEY_PARSE]) {
        return "it has neither a source nor fields nor parse, so hosts never call it where a change could be "
               "looked for";
    }
    if (script->has[KEY_CAPTURE_OPEN] && uses_tables_of_host(script)) {
        return "it has capture_open and uses state tables of the host, which the host shows to capture_open "
               "in "
               "a call of its own only";
    }
    return NULL;
}

bool reload_begin(struct state *state, const char *config)
{
    struct plugin *plugin = &state->plugin;
    const char *why_not = reason_against(plugin->script);
    struct reload *reload;
    char *text;

    if (why_not != NULL) {
        text = text_format("init_config.lure.reload: %s is not reloaded: %s", plugin->script->source->name,
                           why_not);
        log_both(&plugin->log, LOG_LEVEL_WARNING, text != NULL ? text : TEXT_NO_MEMORY);
        free(text);
        return true;
    }
    reload = calloc(1, sizeof(*reload));
    if (reload == NULL) {
        return false;
    }
    state->reload = reload;
    reload->config = text_copy(config != NULL ? config : "");
    reload->interval = (int64_t)(plugin->limits.reload * (double)CLOCK_SECOND);
    reload->next = now() + reload->interval;
    watch_running(reload, plugin);
    return reload->config != NULL;
}

void reload_end(struct reload *reload)
{
    if (reload == NULL) {
        return;
    }
    forget_files(reload);
    free(reload->config);
    free(reload);
}

void reload_keep_config(struct reload *reload, char *config)
{
    free(reload->config);
    reload->config = config;
}
