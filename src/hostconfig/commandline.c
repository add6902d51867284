#include "hostconfig/commandline.h"

#include <string.h>

static const struct option_kind *kind_of_letter(const struct options *options, char letter)
{
    for (const struct option_kind *kind = options->kinds; kind->letter != 0 || kind->name != NULL; kind++) {
        if (kind->letter == letter) {
            return kind;
        }
    }
    return NULL;
}

/* Finds an option by its full name, else the first whose name begins so: getopt_long accepts abbreviations.
 */
static const struct option_kind *kind_of_name(const struct options *options, const char *name, size_t length)
{
    const struct option_kind *found = NULL;

    for (const struct option_kind *kind = options->kinds; kind->letter != 0 || kind->name != NULL; kind++) {
        if (kind->name == NULL || strncmp(kind->name, name, length) != 0) {
            continue;
        }
        if (kind->name[length] == '\0') {
            return kind;
        }
        found = found == NULL ? kind : found;
    }
    return found;
}

/* The next word as the option's value. */
static const char *next_word(struct options *options)
{
    return options->at + 1 < options->count ? options->words[++options->at] : NULL;
}

/* Parses "--name" or "--name=value". */
static const struct option_kind *take_name(struct options *options, const char *name, const char **value)
{
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option_kind *kind = kind_of_name(options, name, length);

    if (kind != NULL) {
        *value = equals != NULL ? equals + 1 : (kind->in_word ? NULL : next_word(options));
    }
    return kind;
}

/* Parses the next letter of a word of letters. */
static const struct option_kind *take_letter(struct options *options, const char **value)
{
    const struct option_kind *kind = kind_of_letter(options, *options->letters);
    const char *rest = options->letters + 1;

    options->letters = rest[0] != '\0' && kind == NULL ? rest : NULL;
    if (kind != NULL) {
        *value = rest[0] != '\0' ? rest : (kind->in_word ? NULL : next_word(options));
    }
    return kind;
}

const struct option_kind *options_next(struct options *options, const char **value)
{
    const struct option_kind *kind = NULL;

    *value = NULL;
    while (*value == NULL) {
        const char *word;

        if (options->letters != NULL) {
            kind = take_letter(options, value);
            continue;
        }
        if (++options->at >= options->count || strcmp(options->words[options->at], "--") == 0) {
            options->at = options->count;
            return NULL;
        }
        word = options->words[options->at];
        if (strncmp(word, "--", 2) == 0) {
            kind = take_name(options, word + 2, value);
        } else if (word[0] == '-' && word[1] != '\0') {
            options->letters = word + 1;
        }
    }
    return kind;
}
