#include "identity/compatibility.h"

#include "base/text.h"
#include "identity/declaredjson.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#define THEN "when the host loaded the plugin"

/* The two scripts, and where to write what differs. */
struct comparison {
    const struct manifest *was, *now;
    struct findings *findings;
};

static bool same_json(const cJSON *a, const cJSON *b)
{
    return a == NULL || b == NULL ? a == b : cJSON_Compare(a, b, true);
}

static void compare_texts(struct comparison *comparison, enum script_key key, const char *was,
                          const char *now)
{
    const char *name = script_keys[key].name;

    if (!text_same(was, now)) {
        findings_add(comparison->findings, name, "%s: was %s%s%s " THEN ", is %s%s%s now", name,
                     was != NULL ? "\"" : "", was != NULL ? was : "not there", was != NULL ? "\"" : "",
                     now != NULL ? "\"" : "", now != NULL ? now : "not there", now != NULL ? "\"" : "");
    }
}

/* The version that the script needs, by which the host was judged. */
static void compare_api(struct comparison *comparison)
{
    char *was = declared_api_version(comparison->was), *now = declared_api_version(comparison->now);

    if (was == NULL || now == NULL) {
        comparison->findings->no_memory = true;
        comparison->findings->count++;
    } else {
        compare_texts(comparison, KEY_REQUIRED_API_VERSION, was, now);
    }
    free(was);
    free(now);
}

/* Functions of the plugin API that are there or not. */
static void compare_capabilities(struct comparison *comparison)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        const char *name = script_keys[key].name;

        if (script_keys[key].symbol && comparison->was->has[key] != comparison->now->has[key]) {
            findings_add(comparison->findings, name, "%s: was %sthere " THEN, name,
                         comparison->was->has[key] ? "" : "not ");
        }
    }
}

static void compare_field(struct comparison *comparison, const struct field *was, const struct field *now)
{
    if (was->type != now->type || was->list != now->list) {
        findings_add(comparison->findings, now->name, "%s: its type was %s%s " THEN, now->label,
                     was->list ? "list of " : "", was->type->name);
    } else if (was->has_arg != now->has_arg || was->arg_required != now->arg_required ||
               was->arg_index != now->arg_index || was->arg_key != now->arg_key) {
        findings_add(comparison->findings, now->name, "%s: its arg was another " THEN, now->label);
    } else if (was->add_output != now->add_output || !same_json(was->properties, now->properties)) {
        findings_add(comparison->findings, now->name, "%s: its properties were others " THEN, now->label);
    }
}

/* Hosts know fields by their place in the list. */
static void compare_fields(struct comparison *comparison)
{
    const struct manifest *was = comparison->was, *now = comparison->now;

    for (size_t i = 0; i < was->field_count && i < now->field_count; i++) {
        if (strcmp(was->fields[i].name, now->fields[i].name) != 0) {
            findings_add(comparison->findings, now->fields[i].name,
                         "fields: the one at place %zu was %s " THEN ", is %s now", i + 1,
                         was->fields[i].name, now->fields[i].name);
            return;
        }
        compare_field(comparison, &was->fields[i], &now->fields[i]);
    }
    if (was->field_count != now->field_count) {
        findings_add(comparison->findings, "fields", "fields: there were %zu " THEN ", and are %zu now",
                     was->field_count, now->field_count);
    }
}

static void compare_filter(struct comparison *comparison, const struct filter *was, const struct filter *now,
                           enum script_key sources, enum script_key types)
{
    if (!same_json(was->sources, now->sources)) {
        findings_add(comparison->findings, script_keys[sources].name, "%s: were others " THEN,
                     script_keys[sources].name);
    }
    if (was->count != now->count ||
        (was->count > 0 && memcmp(was->types, now->types, was->count * sizeof(*was->types)) != 0)) {
        findings_add(comparison->findings, script_keys[types].name, "%s: were others " THEN,
                     script_keys[types].name);
    }
}

static void compare_events(struct comparison *comparison)
{
    const struct manifest *was = comparison->was, *now = comparison->now;

    compare_filter(comparison, &was->extract, &now->extract, KEY_EXTRACT_EVENT_SOURCES,
                   KEY_EXTRACT_EVENT_TYPES);
    compare_filter(comparison, &was->parse, &now->parse, KEY_PARSE_EVENT_SOURCES, KEY_PARSE_EVENT_TYPES);
    if (!same_json(was->async_events, now->async_events)) {
        findings_add(comparison->findings, "async_events", "async_events: were others " THEN);
    }
    if (!same_json(was->async_event_sources, now->async_event_sources)) {
        findings_add(comparison->findings, "async_event_sources", "async_event_sources: were others " THEN);
    }
}

/* Fields are in the order of their names. */
static bool same_table(const struct declared_table *a, const struct declared_table *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    if (strcmp(a->name, b->name) != 0 || a->key != b->key || a->optional != b->optional ||
        a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0 || a->fields[i].type != b->fields[i].type ||
            !same_table(a->fields[i].subtable, b->fields[i].subtable)) {
            return false;
        }
    }
    return true;
}

static const struct declared_table *find_table(const struct declared_tables *tables, const char *name)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (strcmp(tables->items[i]->name, name) == 0) {
            return tables->items[i];
        }
    }
    return NULL;
}

/* Those that are offered are known by name; those that are used are taken over in their order. */
static void compare_tables(struct comparison *comparison)
{
    const struct declared_tables *was = &comparison->was->offered, *now = &comparison->now->offered;
    bool same = was->count == now->count;

    for (size_t i = 0; same && i < now->count; i++) {
        same = same_table(find_table(was, now->items[i]->name), now->items[i]);
    }
    if (!same) {
        findings_add(comparison->findings, "tables", "tables: were others " THEN);
    }
    was = &comparison->was->used;
    now = &comparison->now->used;
    same = was->count == now->count;
    for (size_t i = 0; same && i < now->count; i++) {
        same = same_table(was->items[i], now->items[i]);
    }
    if (!same) {
        findings_add(comparison->findings, "lure.table",
                     "lure.table: the state tables and their fields, in their order, were others " THEN);
    }
}

void compatibility_check(const struct manifest *was, struct manifest *now)
{
    struct comparison comparison = {was, now, &now->findings};

    compare_texts(&comparison, KEY_NAME, was->name, now->name);
    compare_texts(&comparison, KEY_EVENT_SOURCE, was->event_source, now->event_source);
    if (was->id != now->id) {
        findings_add(&now->findings, "id", "id: was %u " THEN ", is %u now", was->id, now->id);
    }
    compare_api(&comparison);
    compare_texts(&comparison, KEY_REQUIRED_EVENT_SCHEMA_VERSION, was->required_event_schema_version,
                  now->required_event_schema_version);
    compare_capabilities(&comparison);
    compare_fields(&comparison);
    compare_events(&comparison);
    compare_tables(&comparison);
}
