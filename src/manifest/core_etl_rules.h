// Rules of CoreETL jobs: what each type of source and sink needs, names that steps refer to, modes of
// writing.
#pragma once

#include "manifest/check.h"

namespace hearth::manifest {

// Also writes down what is left to the rule: a sink's `from`, how much `overwrite` replaces, the pipeline's
// name.
void CheckCoreEtl(Examined& document);

}  // namespace hearth::manifest
