#include "script/limits.h"

#include "base/text.h"
#include "modules/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIB          (1024.0 * 1024.0)
#define LEAST_MEMORY (1.0 * MIB)
#define MOST_MEMORY  (1024.0 * 1024.0 * MIB)

#ifdef LURE_UNOPTIMIZED
#define OPTIMIZED_BY_DEFAULT false
#else
#define OPTIMIZED_BY_DEFAULT true
#endif

static struct optimizations all_optimizations(bool on)
{
#define OPTIMIZATION_VALUE(name, what) .name = on,
    return (struct optimizations){OPTIMIZATIONS(OPTIMIZATION_VALUE)};
#undef OPTIMIZATION_VALUE
}

struct limits limits_default(void)
{
    const char *trust = secure_getenv("LURE_TRUST"), *sandbox = secure_getenv("LURE_SANDBOX");

    return (struct limits){.memory = (size_t)(512 * MIB),
                           .time = 10.0,
                           .max_errors = 10,
                           .log_level = LOG_LEVEL_INFO,
                           .optimize = all_optimizations(OPTIMIZED_BY_DEFAULT),
                           .safe = sandbox != NULL && sandbox[0] != '\0' && strcmp(sandbox, "full") != 0,
                           .trust = trust != NULL && strcmp(trust, "1") == 0};
}

static char *read_memory(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsNumber(item) || item->valuedouble < LEAST_MEMORY || item->valuedouble > MOST_MEMORY) {
        return text_format("init_config.lure.memory: expected a number of bytes, at least 1048576 (1 MiB)");
    }
    limits->memory = (size_t)item->valuedouble;
    return NULL;
}

static char *read_time(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble > 0) || item->valuedouble > 86400) {
        return text_format("init_config.lure.time: expected a number of seconds above 0, at most 86400");
    }
    limits->time = item->valuedouble;
    return NULL;
}

static char *read_max_errors(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 1e9 ||
        item->valuedouble != floor(item->valuedouble)) {
        return text_format("init_config.lure.max_errors: expected an integer from 0 (0: never give up)");
    }
    limits->max_errors = (unsigned)item->valuedouble;
    return NULL;
}

static char *read_sandbox(const cJSON *item, struct limits *limits)
{
    const char *text = cJSON_GetStringValue(item);

    if (text == NULL || (strcmp(text, "full") != 0 && strcmp(text, "safe") != 0)) {
        return text_format("init_config.lure.sandbox: expected \"full\" or \"safe\"");
    }
    limits->safe = strcmp(text, "safe") == 0;
    return NULL;
}

static char *read_path(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsString(item)) {
        return text_format(
            "init_config.lure.path: expected a string: directories of Lua modules, with \";\" between");
    }
    free(limits->path);
    limits->path = text_copy(item->valuestring);
    return limits->path != NULL ? NULL : text_format(TEXT_NO_MEMORY);
}

static char *read_env(const cJSON *item, struct limits *limits)
{
    const cJSON *name;

    if (!cJSON_IsArray(item)) {
        return text_format("init_config.lure.env: expected a list of names of environment variables");
    }
    cJSON_ArrayForEach(name, item)
    {
        if (!cJSON_IsString(name)) {
            return text_format("init_config.lure.env: expected names of environment variables, got another "
                               "value");
        }
    }
    cJSON_Delete(limits->env);
    limits->env = cJSON_Duplicate(item, true);
    return limits->env != NULL ? NULL : text_format(TEXT_NO_MEMORY);
}

static char *read_state(const cJSON *item, struct limits *limits)
{
    const char *text = cJSON_GetStringValue(item);

    if (!cJSON_IsFalse(item) && (text == NULL || text[0] != '/')) {
        return text_format(
            "init_config.lure.state: expected the absolute path of a directory, or false (nothing "
            "is kept)");
    }
    limits->keeps_nothing = text == NULL;
    free(limits->state);
    limits->state = text_copy(text);
    return text == NULL || limits->state != NULL ? NULL : text_format(TEXT_NO_MEMORY);
}

#define RESTRICTED_NAME(name) #name,
static const char *const restricted_names[] = {RESTRICTED_MODULES(RESTRICTED_NAME) NULL};
#undef RESTRICTED_NAME

/* All of them, with ", " before each. */
#define RESTRICTED_LISTED(name) ", " #name
static const char restricted_list[] = RESTRICTED_MODULES(RESTRICTED_LISTED);
#undef RESTRICTED_LISTED

/* Adds one module to those that are allowed. */
static char *read_allowed(const cJSON *item, struct limits *limits)
{
    const char *name = cJSON_GetStringValue(item), *nearest;

    for (int i = 0; name != NULL && i < RESTRICTED_COUNT; i++) {
        if (strcmp(name, restricted_names[i]) == 0) {
            limits->allowed |= 1u << i;
            return NULL;
        }
    }
    nearest = name != NULL ? text_nearest(name, restricted_names) : NULL;
    if (nearest != NULL) {
        return text_format("init_config.lure.allow: unknown module \"%s\"; did you mean \"%s\"?", name,
                           nearest);
    }
    return text_format(
        "init_config.lure.allow: expected names of modules that the safe sandbox does not have (%s), "
        "got %s%s%s",
        restricted_list + 2, name != NULL ? "\"" : "", name != NULL ? name : "another value",
        name != NULL ? "\"" : "");
}

static char *read_allow(const cJSON *item, struct limits *limits)
{
    const cJSON *name;
    char *problem = NULL;

    if (!cJSON_IsArray(item)) {
        return text_format("init_config.lure.allow: expected a list of names of modules: %s",
                           restricted_list + 2);
    }
    limits->allowed = 0;
    cJSON_ArrayForEach(name, item)
    {
        problem = problem == NULL ? read_allowed(name, limits) : problem;
    }
    return problem;
}

static char *read_reload(const cJSON *item, struct limits *limits)
{
    if (cJSON_IsBool(item)) {
        limits->reload = cJSON_IsTrue(item) ? 1 : 0;
        return NULL;
    }
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0.001) || item->valuedouble > 86400) {
        return text_format("init_config.lure.reload: expected true (look every second whether the script has "
                           "changed), false, or a number of seconds from 0.001 to 86400");
    }
    limits->reload = item->valuedouble;
    return NULL;
}

static char *read_trust(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsBool(item)) {
        return text_format("init_config.lure.trust: expected true (as root also run Lua that others may "
                           "write) or false");
    }
    limits->trust = cJSON_IsTrue(item);
    return NULL;
}

static char *read_stderr(const cJSON *item, struct limits *limits)
{
    if (!cJSON_IsBool(item)) {
        return text_format("init_config.lure.stderr: expected false (errors go to the host's log only), or "
                           "true (to standard error as well)");
    }
    limits->host_log_only = cJSON_IsFalse(item);
    return NULL;
}

static char *read_log(const cJSON *item, struct limits *limits)
{
    const char *text = cJSON_GetStringValue(item);

    limits->log_level = text != NULL ? (int)log_level_named(text) : LOG_LEVEL_NONE;
    if (limits->log_level == LOG_LEVEL_NONE) {
        limits->log_level = LOG_LEVEL_INFO;
        return text_format("init_config.lure.log: expected one of %s", log_level_names);
    }
    return NULL;
}

/* The member for an optimization of that name; NULL: there is none. */
static bool *optimization_named(struct optimizations *optimizations, const char *name)
{
#define OPTIMIZATION_NAMED(member, what)                                                                     \
    if (strcmp(name, #member) == 0) {                                                                        \
        return &optimizations->member;                                                                       \
    }
    OPTIMIZATIONS(OPTIMIZATION_NAMED)
#undef OPTIMIZATION_NAMED
    return NULL;
}

/* All of them, with ", " before each. */
#define OPTIMIZATION_NAME(member, what) ", " #member
static const char optimization_names[] = OPTIMIZATIONS(OPTIMIZATION_NAME);
#undef OPTIMIZATION_NAME

static char *read_optimize(const cJSON *item, struct limits *limits)
{
    const cJSON *name;

    if (!cJSON_IsBool(item) && !cJSON_IsArray(item)) {
        return text_format("init_config.lure.optimize: expected true (all), false (none), or a list of those "
                           "that stay on");
    }
    limits->optimize = all_optimizations(cJSON_IsTrue(item));
    cJSON_ArrayForEach(name, item)
    {
        const char *text = cJSON_GetStringValue(name);
        bool *is_on = text != NULL ? optimization_named(&limits->optimize, text) : NULL;

        if (is_on == NULL) {
            return text_format(
                "init_config.lure.optimize: expected names of optimizations, got %s%s%s; there are %s",
                text != NULL ? "\"" : "", text != NULL ? text : "a value that is no string",
                text != NULL ? "\"" : "", optimization_names + 2);
        }
        *is_on = true;
    }
    return NULL;
}

static const struct key {
    const char *name;
    char *(*read)(const cJSON *item, struct limits *limits); /* an error text, or NULL */
} keys[] = {
    {"memory", read_memory},     {"time", read_time},   {"max_errors", read_max_errors},
    {"sandbox", read_sandbox},   {"path", read_path},   {"reload", read_reload},
    {"log", read_log},           {"trust", read_trust}, {"stderr", read_stderr},
    {"optimize", read_optimize}, {"env", read_env},     {"state", read_state},
    {"allow", read_allow},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static char *unknown_key(const char *name)
{
    const char *names[KEY_COUNT + 1] = {NULL};
    const char *nearest;

    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].name;
    }
    nearest = text_nearest(name, names);
    if (nearest != NULL) {
        return text_format("unknown key \"%s\" in init_config.lure; did you mean \"%s\"?", name, nearest);
    }
    return text_format(
        "unknown key \"%s\" in init_config.lure; there are memory, time, max_errors, sandbox, path, "
        "reload, log, trust, stderr, env, state, allow and optimize",
        name);
}

static char *read_key(const cJSON *item, struct limits *limits)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(item->string, keys[i].name) == 0) {
            return keys[i].read(item, limits);
        }
    }
    return unknown_key(item->string);
}

bool limits_read(const cJSON *lure, struct limits *limits, char **error)
{
    const cJSON *item;

    *limits = limits_default();
    *error = NULL;
    if (lure == NULL || cJSON_IsNull(lure)) { /* all of its keys may be commented out */
        return true;
    }
    if (!cJSON_IsObject(lure)) {
        *error = text_format("init_config.lure: expected an object");
        return false;
    }
    cJSON_ArrayForEach(item, lure)
    {
        *error = read_key(item, limits);
        if (*error != NULL) {
            limits_free(limits);
            *limits = limits_default();
            return false;
        }
    }
    return true;
}

void limits_free(struct limits *limits)
{
    free(limits->path);
    limits->path = NULL;
    cJSON_Delete(limits->env);
    limits->env = NULL;
    free(limits->state);
    limits->state = NULL;
}

bool limits_allow(const struct limits *limits, enum restricted_module module)
{
    return !limits->safe || (limits->allowed & 1u << module) != 0;
}
