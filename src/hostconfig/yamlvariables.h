/*
 * yamlvariables: environment variables in the values of Falco's configuration.
 *
 * "${NAME}" becomes the variable's value, or nothing; "$${x}" becomes "${x}".
 */
#ifndef LURE_HOSTCONFIG_YAMLVARIABLES_H
#define LURE_HOSTCONFIG_YAMLVARIABLES_H

#include "hostconfig/yamltree.h"

/* In all values of this file; keys stay as they are. False: that has no end, which is the forest's fault, or
 * out of memory. */
bool yaml_replace_variables(struct forest *forest, const struct yaml_file *file);

#endif
