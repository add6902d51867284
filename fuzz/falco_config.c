/*
 * falco_config: command lines and configuration files of Falco and sysdig (hostconfig/falcoconfig.c,
 * sysdigargs.c).
 *
 * The input is texts with NULs between: the words of the command line, a line each; falco.yaml; and
 * more.yaml, which lies beside it and in the folder config.d. Begins the first word with "s", the host is
 * sysdig. All plugins that are found are complete, and name lines that exist; their init_config is JSON where
 * it was a map.
 */
#include "hostconfig/configuredplugins.h"
#include "input.h"
#include "json/cjson_parse.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_WORDS 64

static char directory[64];
static int outside; /* the working directory of the fuzzer */

static void leave(void)
{
    if (chdir(directory) != 0) {
        return;
    }
    unlink("falco.yaml");
    unlink("more.yaml");
    unlink("config.d/more.yaml");
    rmdir("config.d");
    rmdir(directory);
}

static void prepare(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(directory, sizeof(directory), "%s/lure-fuzz.XXXXXX", base);
    if (mkdtemp(directory) == NULL || (outside = open(".", O_PATH | O_CLOEXEC)) < 0 ||
        chdir(directory) != 0 || mkdir("config.d", 0700) != 0) {
        perror(directory);
        exit(2);
    }
    atexit(leave);
    setenv("FUZZ_A", "x", 1);
    setenv("FUZZ_B", "${FUZZ_A}${FUZZ_A}", 1);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
}

static _Noreturn void fail(const char *what, const char *detail)
{
    fprintf(stderr, "falco_config: %s: %s\n", what, detail);
    abort();
}

static void check_plugin(const struct configured_plugin *plugin, unsigned lines)
{
    const char *colon;
    char *path = NULL, *problem = NULL;
    cJSON *config;

    if (plugin->library == NULL || plugin->origin == NULL || plugin->base == NULL) {
        fail("a plugin without library or origin", "");
    }
    colon = strrchr(plugin->origin, ':');
    if (colon != NULL && plugin->file != NULL && strtoul(colon + 1, NULL, 10) > lines) {
        fail("a line that there is not", plugin->origin);
    }
    if (plugin->written != NULL && plugin->init_config != NULL) {
        config = json_parse(plugin->init_config, NULL);
        if (!cJSON_IsObject(config) && !cJSON_IsNull(config)) {
            fail("init_config is no object", plugin->init_config);
        }
        cJSON_Delete(config);
    }
    if (!configured_plugin_script(plugin, &path, &problem) && problem == NULL) {
        fail("refused without a reason", plugin->origin);
    }
    free(path);
    free(problem);
}

static unsigned lines_of(const char *text)
{
    unsigned lines = 2;

    for (; *text != '\0'; text++) {
        lines += *text == '\n' || *text == '\r';
    }
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct configured_plugins plugins = {0};
    char *words[MOST_WORDS], *line, *main_file, *more_file, *rest;
    size_t count = 0;
    unsigned lines;

    if (directory[0] == '\0') {
        prepare();
    }
    if (chdir(directory) != 0) {
        return 0;
    }
    input_begin(data, size);
    line = input_text();
    main_file = input_text();
    more_file = input_text();
    write_file("falco.yaml", main_file);
    write_file("more.yaml", more_file);
    write_file("config.d/more.yaml", more_file);
    rest = line;
    while (count < MOST_WORDS && (words[count] = strsep(&rest, "\n")) != NULL) {
        count++;
    }
    if (line[0] == 's') {
        sysdigargs_read(&plugins, words, count, directory);
    } else {
        falcoconfig_read(&plugins, words, count, directory);
    }
    lines = lines_of(main_file) > lines_of(more_file) ? lines_of(main_file) : lines_of(more_file);
    for (size_t i = 0; i < plugins.count; i++) {
        check_plugin(&plugins.list[i], lines);
    }
    configured_plugins_free(&plugins);
    free(line);
    free(main_file);
    free(more_file);
    if (fchdir(outside) != 0) {
        fail("the working directory is gone", "");
    }
    return 0;
}
