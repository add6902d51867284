#include "script/manifestchecks.h"

#include "base/apiversion.h"

#include <stdio.h>
#include <string.h>

static bool is_version(const char *text)
{
    unsigned major, minor, patch;
    int end = 0;

    return sscanf(text, "%9u.%9u.%9u%n", &major, &minor, &patch, &end) == 3 && text[end] == '\0' &&
           strspn(text, "0123456789.") == strlen(text);
}

static void check_name_and_version(struct manifest *manifest)
{
    struct findings *findings = &manifest->findings;

    if (manifest->name == NULL && !manifest->wrong[KEY_NAME]) {
        findings_add(findings, NULL, "no name in the plugin table; add name = \"...\"");
    } else if (manifest->name != NULL && manifest->name[0] == '\0') {
        findings_add(findings, "name", "name: expected a string that is not empty");
    }
    if (manifest->version == NULL && !manifest->wrong[KEY_VERSION]) {
        findings_add(findings, NULL, "no version in the plugin table; add version = \"0.1.0\"");
    } else if (manifest->version != NULL && !is_version(manifest->version)) {
        findings_add(findings, "version", "version: expected three numbers as in \"0.1.0\", got \"%s\"",
                     manifest->version);
    }
}

unsigned manifest_lowest_minor(const struct manifest *manifest)
{
    bool nest = declared_tables_nest(&manifest->used) || declared_tables_nest(&manifest->offered);
    int lowest = nest                       ? API_3_SINCE_TABLES_IN_TABLES
                 : manifest->used.count > 0 ? KEY_SINCE_3_1 /* the same as for the key `tables` */
                                            : 0;

    for (int key = 0; key < KEY_COUNT; key++) {
        if (manifest->has[key] && script_keys[key].since > lowest) {
            lowest = script_keys[key].since;
        }
    }
    return (unsigned)lowest;
}

static void check_required_version(struct manifest *manifest)
{
    const char *version = manifest->required_api_version;
    const char *key = script_keys[KEY_REQUIRED_API_VERSION].name;
    unsigned major = 0, minor = 0;

    if (version == NULL) {
        return;
    }
    if (!is_version(version)) {
        findings_add(&manifest->findings, key, "%s: expected three numbers as in \"3.0.0\", got \"%s\"", key,
                     version);
        return;
    }
    sscanf(version, "%9u.%9u", &major, &minor);
    if (manifest->api == ABI_0 && (major != 0 || minor > 3)) {
        findings_add(&manifest->findings, key,
                     "%s: \"%s\" is more than the plugin API 0.3.0 of liblure-v0.so; use "
                     "liblure.so",
                     key, version);
    }
    if (manifest->api == ABI_3 && major == 3 && minor < manifest_lowest_minor(manifest)) {
        findings_add(
            &manifest->findings, key,
            "%s: \"%s\" is less than the 3.%u.0 that the script needs (tables: 3.1.0, tables in tables: "
            "3.5.0, capture_open: 3.7.0)",
            key, version, manifest_lowest_minor(manifest));
    }
    if (manifest->api == ABI_3 && (major != 3 || minor > API_3_NEWEST_MINOR)) {
        findings_add(&manifest->findings, key,
                     "%s: \"%s\" is not among 3.0.0 to 3.%d.0, which liblure.so speaks", key, version,
                     API_3_NEWEST_MINOR);
    }
}

/* `produce` is the whole source. */
static void check_produce(struct manifest *manifest)
{
    static const enum script_key others[] = {KEY_OPEN, KEY_NEXT, KEY_CLOSE};

    for (size_t i = 0; manifest->has[KEY_PRODUCE] && i < sizeof(others) / sizeof(others[0]); i++) {
        const char *name = script_keys[others[i]].name;

        if (manifest->has[others[i]]) {
            findings_add(&manifest->findings, name,
                         "%s beside produce, which stands for open, next and close; leave one of them out",
                         name);
        }
    }
}

static void check_source(struct manifest *manifest)
{
    struct findings *findings = &manifest->findings;
    const bool *has = manifest->has, *wrong = manifest->wrong;
    bool id = has[KEY_ID] || wrong[KEY_ID], source = has[KEY_EVENT_SOURCE] || wrong[KEY_EVENT_SOURCE];
    bool reads = manifest_is_source(manifest) || wrong[KEY_OPEN] || wrong[KEY_NEXT] || wrong[KEY_PRODUCE];

    if (id && !source) {
        findings_add(findings, "id", "id without event_source; an event source needs both");
    } else if (source && !id) {
        findings_add(findings, "event_source",
                     "event_source without id; an event source needs both (999 is for tests)");
    } else if (!id && manifest->has[KEY_NEXT]) {
        findings_add(findings, "next", "next without id and event_source; an event source needs both");
    } else if (!id && manifest->has[KEY_OPEN]) {
        findings_add(findings, "open", "open without id and event_source; an event source needs both");
    } else if (!id && manifest->has[KEY_PRODUCE]) {
        findings_add(findings, "produce", "produce without id and event_source; an event source needs both");
    } else if (id && !reads) {
        findings_add(findings, "id",
                     "id and event_source without open, next or produce; leave them out, or add a source");
    }
    check_produce(manifest);
    if (source && manifest->event_source != NULL && manifest->event_source[0] == '\0') {
        findings_add(findings, "event_source", "event_source: expected a string that is not empty");
    } else if (source && manifest->event_source != NULL &&
               strcmp(manifest->event_source, FILTER_SYSCALL) == 0) {
        findings_add(findings, "event_source", "event_source: \"" FILTER_SYSCALL "\" is the framework's own");
    }
}

static bool has_wrong(const struct manifest *manifest)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        if (manifest->wrong[key]) {
            return true;
        }
    }
    return false;
}

/* True if there is a key that makes a plugin of the script. */
static bool makes_plugin(const struct manifest *manifest)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        if (script_keys[key].plugin && manifest->has[key]) {
            return true;
        }
    }
    return false;
}

/* Those that a script cannot do without. */
static void check_tables_of_old_api(struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->used.count && manifest->api == ABI_0; i++) {
        if (!manifest->used.items[i]->optional) {
            findings_add(
                &manifest->findings, manifest->used.items[i]->name,
                "lure.table(\"%s\"): the plugin API 0.3.0 has no state tables; declare it with optional = "
                "true, and ask for it with exists()",
                manifest->used.items[i]->name);
        }
    }
}

static void check_contents(struct manifest *manifest)
{
    const bool *has = manifest->has;

    check_tables_of_old_api(manifest);
    if (has_wrong(manifest)) {
        return; /* what is missing may be what is wrong */
    }
    if (!makes_plugin(manifest)) {
        findings_add(&manifest->findings, NULL,
                     "the plugin table has neither a source (open, next) nor fields%s",
                     manifest->api == ABI_3 ? ", parse, async_events or capture_open" : "");
    }
    if (manifest->used.count > 0 && !has[KEY_FIELDS] && !has[KEY_PARSE]) {
        findings_add(
            &manifest->findings, manifest->used.items[0]->name,
            "lure.table(\"%s\"): hosts give state tables only to plugins with fields or parse; add one of "
            "them",
            manifest->used.items[0]->name);
    }
    if (has[KEY_CONFIG] && has[KEY_INIT_SCHEMA]) {
        findings_add(&manifest->findings, "init_schema",
                     "config and init_schema say the same; give one of them");
    }
}

/* What a key needs that the script does not have, for the message; NULL: nothing. */
static const char *missing_for(const struct manifest *manifest, enum key_needs needs)
{
    const bool *has = manifest->has;
    bool source = manifest_is_source(manifest), state = has[KEY_FIELDS] || has[KEY_PARSE];

    switch (needs) {
    case KEY_NEEDS_NOTHING:
        return NULL;
    case KEY_NEEDS_SOURCE:
        return source ? NULL : "makes sense only for an event source; add open or next";
    case KEY_NEEDS_FIELDS:
        return has[KEY_FIELDS] ? NULL : "makes sense only with fields; add them";
    case KEY_NEEDS_PARSE:
        return has[KEY_PARSE] ? NULL : "makes sense only with parse; add it";
    case KEY_NEEDS_EVENTS:
        return source || state ? NULL : "makes sense only with fields, parse or an event source";
    case KEY_NEEDS_STATE:
        return state ? NULL : "makes sense only with fields or parse; add one of them";
    case KEY_NEEDS_ASYNC:
        return has[KEY_ASYNC_EVENTS] ? NULL : "needs async_events, the list of the events' names; add it";
    case KEY_NEEDS_CAPTURE:
        return has[KEY_CAPTURE_OPEN] ? NULL : "makes sense only with capture_open; add it";
    }
    return NULL;
}

static void check_schema_version(struct manifest *manifest)
{
    const char *key = script_keys[KEY_REQUIRED_EVENT_SCHEMA_VERSION].name;

    if (manifest->required_event_schema_version != NULL &&
        !is_version(manifest->required_event_schema_version)) {
        findings_add(&manifest->findings, key, "%s: expected three numbers as in \"4.0.0\", got \"%s\"", key,
                     manifest->required_event_schema_version);
    }
}

/* Checks what each key needs. */
static void check_needs(struct manifest *manifest)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        const struct script_key_info *info = &script_keys[key];
        const char *missing = manifest->has[key] ? missing_for(manifest, info->needs) : NULL;

        if (!manifest->has[key]) {
            continue;
        }
        if (info->since > KEY_SINCE_0 && manifest->api == ABI_0) {
            findings_add(&manifest->findings, info->name, "%s: the plugin API 0.3.0 has no such thing",
                         info->name);
        } else if (missing != NULL && !has_wrong(manifest)) {
            findings_add(&manifest->findings, info->name, "%s: %s", info->name, missing);
        }
    }
}

void manifest_check(struct manifest *manifest)
{
    check_name_and_version(manifest);
    check_required_version(manifest);
    check_schema_version(manifest);
    check_source(manifest);
    check_contents(manifest);
    check_needs(manifest);
}
