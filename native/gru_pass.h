#pragma once

#include <vector>

#include "buffer.h"
#include "compute.h"

namespace tritloom {

/** One layer at one shape: the work space of its passes, allocated once for each kind of call that is made. */
class GruPass {
 public:
  using Shape = GruShape;
  using ForwardCall = GruForwardCall;
  using BackwardCall = GruBackwardCall;

  GruPass(const Compute& compute, const GruShape& shape);

  /** Allocates what every call needs, before the first one. */
  void prepare();
  void forward(const GruForwardCall& call);
  /** Of the last forward pass: fills in what that one was given. */
  void backward(GruBackwardCall call);

  std::size_t bytes() const { return bytes_; }

 private:
  float* allocate(std::size_t floats);
  void allocateOnce(float*& array, std::size_t floats);
  void allocateNormalisers();
  void allocateLayer(std::size_t inputRows);
  void allocateOptions(const GruForwardCall& call);
  void allocateBackward(bool dense);
  std::size_t panels(std::size_t columns) const { return (columns + panel_ - 1) / panel_; }

  const Compute& compute_;
  GruWorkspace workspace_{};
  std::size_t panel_;
  std::size_t bytes_ = 0;
  bool masked_ = false;
  bool zoneout_ = false;
  std::vector<Buffer> buffers_;
};

}  // namespace tritloom
