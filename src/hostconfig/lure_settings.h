/*
 * lure_settings: YAML files read for the program lure, as a host reads its own.
 *
 * One exported function, lure_settings, which needs no plugin state; hosts know nothing of it. `request` is
 * one of
 *
 *   "yaml"    answers {"text": TEXT} of a YAML file: its map or list as JSON, or its text
 *   "falco"   answers {"plugins": [...]} of a configuration of Falco, with all that it includes: the plugins
 *             that Falco would load, each {"library", "name", "origin" ("falco.yaml:14"), "script" (its
 *             absolute path), "problem" (why that is not there), "init_config", "open_params"}, as texts;
 *             what there is not is left out
 *
 * `schema` is a JSON Schema. Maps become JSON as hosts convert them, but for what it wants, and what is in
 * quotes, which stay as they are written (initconfig.h); NULL: as hosts convert them.
 *
 * {"problem": TEXT} is the answer where it cannot be read. The caller frees the answer with free(). NULL: out
 * of memory, or another request. Not thread safe (json/json_parse.h).
 */
#ifndef LURE_HOSTCONFIG_LURE_SETTINGS_H
#define LURE_HOSTCONFIG_LURE_SETTINGS_H

typedef char *lure_settings_fn(const char *request, const char *path, const char *schema);

__attribute__((visibility("default"))) lure_settings_fn lure_settings;

#endif
