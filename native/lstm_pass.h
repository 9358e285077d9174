#pragma once

#include <vector>

#include "buffer.h"
#include "compute.h"

namespace tritloom {

/** One layer at one shape: the work space of its passes, allocated once for each kind of call that is made. */
class LstmPass {
 public:
  using Shape = LstmShape;
  using ForwardCall = LstmForwardCall;
  using BackwardCall = LstmBackwardCall;

  LstmPass(const Compute& compute, const LstmShape& shape);

  /** Allocates what every call needs, before the first one. */
  void prepare();
  void forward(const LstmForwardCall& call);
  void backward(const LstmBackwardCall& call);

  std::size_t bytes() const { return bytes_; }

 private:
  float* allocate(std::size_t floats);
  bool narrow() const;
  bool normalises(Normalisation form) const;
  void allocateColumnStatistics();
  void allocateRowStatistics(std::size_t inputRows, std::size_t shares);
  void allocateMasks(const LstmForwardCall& call);
  void allocateDense();
  void allocateBackward();
  void copyFirstHidden(const LstmForwardCall& call);
  std::size_t panels(std::size_t columns) const { return (columns + panel_ - 1) / panel_; }

  const Compute& compute_;
  LstmWorkspace workspace_{};
  std::size_t lanes_;
  std::size_t panel_;
  std::size_t rowShares_ = 0;  // threads that the row statistics' scratch is for
  std::size_t bytes_ = 0;
  std::vector<Buffer> buffers_;
};

}  // namespace tritloom
