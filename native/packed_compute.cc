#include "packed_compute.h"

#define TRITLOOM_TEXT_OF(name) #name
#define TRITLOOM_TEXT(name) TRITLOOM_TEXT_OF(name)

namespace tritloom {
namespace TRITLOOM_ISA {

const PackedCompute packedCompute = {TRITLOOM_TEXT(TRITLOOM_ISA),
                                     packedPlaneBytes,
                                     packPlane,
                                     packValues,
                                     packedTableBytes,
                                     packedProduct,
                                     packedRow,
                                     packedRowNormaliser,
                                     packedLstm,
                                     packedGruGates,
                                     packedGruState,
                                     packedMinGru};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
