#pragma once

#include "gru.h"
#include "lstm.h"
#include "min_gru.h"

// The operations that exist once per instruction set, and the table by which one set is chosen at run time.

namespace tritloom {

/** result[rows, columns] = op(a) · op(b); row-major. */
struct MatrixProductCall {
  const float* a;
  const float* b;
  float* result;
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
  bool transposeA;  // a is [depth, rows]
  bool transposeB;  // b is [columns, depth]
};

/** Floats of work space that a product needs for the right factor, and for each share. */
struct MatrixProductSpace {
  std::size_t right;
  std::size_t perShare;
};

/** Softmax and mean cross-entropy over rows; writes each row's loss, and the gradient where it is wanted. */
struct SoftmaxCall {
  const float* logits;          // [N, V]
  const std::int32_t* targets;  // [N]
  float* gradLogits;            // [N, V], or null
  float* rowLosses;             // [N]
  std::size_t rows;
  std::size_t classes;
};

struct AdamCall {
  float* parameters;
  const float* gradient;
  float* moment1;
  float* moment2;
  std::size_t count;
  float stepSize;
  float beta1;
  float beta2;
  float epsilon;
};

struct Compute {
  const char* name;
  std::size_t lanes;
  void (*lstmForward)(LstmWorkspace& workspace, const LstmForwardCall& call);
  void (*lstmBackward)(LstmWorkspace& workspace, const LstmBackwardCall& call);
  void (*gruForward)(GruWorkspace& workspace, const GruForwardCall& call);
  void (*gruBackward)(GruWorkspace& workspace, const GruBackwardCall& call);
  void (*minGruForward)(MinGruWorkspace& workspace, const MinGruForwardCall& call);
  void (*minGruBackward)(MinGruWorkspace& workspace, const MinGruBackwardCall& call);
  MatrixProductSpace (*matrixProductSpace)(const MatrixProductCall& call);
  void (*matrixProduct)(const MatrixProductCall& call, std::size_t shares, float* right, float* perShare);
  void (*softmaxCrossEntropy)(const SoftmaxCall& call);
  void (*adamUpdate)(const AdamCall& call);
};

/** Threads that are worth their synchronisation at this shape. */
std::size_t lstmShares(const LstmShape& shape);
std::size_t gruShares(const GruShape& shape);
std::size_t minGruShares(const MinGruShape& shape);

#ifdef TRITLOOM_ISA
namespace TRITLOOM_ISA {
void lstmForward(LstmWorkspace& workspace, const LstmForwardCall& call);
void lstmBackward(LstmWorkspace& workspace, const LstmBackwardCall& call);
void gruForward(GruWorkspace& workspace, const GruForwardCall& call);
void gruBackward(GruWorkspace& workspace, const GruBackwardCall& call);
void minGruForward(MinGruWorkspace& workspace, const MinGruForwardCall& call);
void minGruBackward(MinGruWorkspace& workspace, const MinGruBackwardCall& call);
MatrixProductSpace matrixProductSpace(const MatrixProductCall& call);
void matrixProduct(const MatrixProductCall& call, std::size_t shares, float* right, float* perShare);
void softmaxCrossEntropy(const SoftmaxCall& call);
void adamUpdate(const AdamCall& call);
extern const Compute compute;
}  // namespace TRITLOOM_ISA
#endif

}  // namespace tritloom
