#pragma once

#include <vector>

#include "buffer.h"
#include "compute.h"

namespace tritloom {

/** One layer at one shape: the work space of its passes, allocated once for each kind of call that is made. */
class MinGruPass {
 public:
  using Shape = MinGruShape;
  using ForwardCall = MinGruForwardCall;
  using BackwardCall = MinGruBackwardCall;

  MinGruPass(const Compute& compute, const MinGruShape& shape);

  /** Allocates what every call needs, before the first one. */
  void prepare();
  void forward(const MinGruForwardCall& call);
  void backward(const MinGruBackwardCall& call);

  std::size_t bytes() const { return bytes_; }

 private:
  float* allocate(std::size_t floats);
  void allocateOnce(float*& array, std::size_t floats);
  void allocateRowStatistics(std::size_t rows);
  void allocateBackward(bool dense);
  std::size_t panels(std::size_t columns) const { return (columns + panel_ - 1) / panel_; }

  const Compute& compute_;
  MinGruWorkspace workspace_{};
  std::size_t panel_;
  std::size_t bytes_ = 0;
  std::vector<Buffer> buffers_;
};

}  // namespace tritloom
