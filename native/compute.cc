#include "compute.h"

#include "simd.h"

#define TRITLOOM_TEXT_OF(name) #name
#define TRITLOOM_TEXT(name) TRITLOOM_TEXT_OF(name)

namespace tritloom {
namespace TRITLOOM_ISA {

const Compute compute = {TRITLOOM_TEXT(TRITLOOM_ISA), kLanes,        lstmForward,   lstmBackward,
                         gruForward,                  gruBackward,   minGruForward,      minGruBackward,
                         matrixProductSpace,          matrixProduct, softmaxCrossEntropy, adamUpdate};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
