#pragma once

#include <memory>
#include <vector>

#include "buffer.h"
#include "packed_compute.h"

// A trained network in the form that one instruction set multiplies with, and the state of a batch of streams.

namespace tritloom {

/** Copies of what JavaScript handed over, with slack after the end. */
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /** `byRows`: its rows are looked up, it is not multiplied. */
  PackedMatrix(const PackedCompute& compute, std::size_t rows, std::size_t columns, bool byRows);

  /** The columns of this matrix begin at `firstColumn` of what is handed over. */
  void addPlane(PackedBits bits, const float* scales, bool scalePerColumn, std::size_t firstColumn);
  void setValues(const float* values, std::size_t stride, std::size_t firstColumn);

  void multiply(const float* x, float* y, float* levels, std::uint8_t* tables) const;
  void row(std::size_t index, float* y) const;

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t bytes() const { return bytes_; }

 private:
  float* keep(std::size_t bytes);

  const PackedCompute* compute_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  bool byRows_ = false;
  std::size_t bytes_ = 0;
  std::vector<Buffer> buffers_;
  std::vector<PackedPlane> planes_;
  const float* values_ = nullptr;
};

/** [rows, columns] constants, one row for all timesteps or one for each. */
struct PackedConstant {
  Buffer values;
  std::size_t rows = 0;
  std::size_t columns = 0;

  void set(const float* from, std::size_t count, std::size_t width);
  const float* at(std::size_t timestep) const { return values.data() + (rows > 1 ? timestep : 0) * columns; }
  std::size_t bytes() const { return rows * columns * sizeof(float); }
};

/** In the order of packedModel.ts. */
enum class PackedCell { lstm = 0, gru = 1, minGru = 2 };

struct PackedLayerShape {
  PackedCell cell;
  bool resetBefore;
  Normalisation normalisation;      // affine, or by row
  Normalisation cellNormalisation;
  std::size_t inputs;
  std::size_t units;
  float epsilon;
  float zoneoutHidden;
  float zoneoutCell;

  std::size_t gates() const {
    constexpr std::size_t gatesOf[] = {4, 3, 2};
    return gatesOf[static_cast<std::size_t>(cell)];
  }
  /** Columns of the product with the hidden state. */
  std::size_t recurrentColumns() const { return cell == PackedCell::minGru ? 0 : gates() * units; }
};

struct PackedLayer {
  PackedLayerShape shape;
  PackedMatrix input;
  PackedMatrix recurrent;
  PackedMatrix candidate;  // of a GRU that resets before the product; its columns are not in `recurrent`
  PackedConstant gainInput;
  PackedConstant gainRecurrent;
  PackedConstant shift;
  PackedConstant gainCell;
  PackedConstant shiftCell;
  PackedConstant shiftReset;
  Buffer hidden;  // [B, H]
  Buffer cell;    // [B, H], of an LSTM
};

class PackedNetwork {
 public:
  /** @param symbols rows of the first layer's input matrix or of `table` are looked up by symbols */
  PackedNetwork(const PackedCompute& compute, std::size_t batch, bool symbols);

  void setTable(const float* values, std::size_t rows, std::size_t columns);
  PackedLayer& addLayer(const PackedLayerShape& shape);
  void setOutput(std::size_t columns, const float* bias);
  /** 0: the last layer's input matrix, 1: its recurrent matrix, 2: the output matrix. */
  void addPlane(std::size_t matrix, const std::uint8_t* positive, const std::uint8_t* negative, const float* scales,
                bool scalePerColumn);
  void setValues(std::size_t matrix, const float* values);
  /** After the last matrix. */
  void allocateWork();

  /**
   * Reads [T, B] symbols or [T, B, I] values on from the present state.
   * @param logits [T, B, V] where `every`, else [B, V] after the last timestep
   */
  void read(const std::int32_t* symbols, const float* values, std::size_t timesteps, std::size_t firstTimestep, bool every,
            float* logits);

  PackedLayer& layer(std::size_t index) { return *layers_[index]; }
  std::size_t batch() const { return batch_; }
  /** Of the weights, their scales, constants and the embedding. */
  std::size_t bytes() const;

 private:
  template <typename Apply>
  void applyTo(std::size_t matrix, Apply apply);
  void step(const std::int32_t* symbols, const float* values, std::size_t timestep);
  void inputProduct(std::size_t index, std::size_t stream, const std::int32_t* symbols, const float* values);
  void stepLstm(PackedLayer& layer, std::size_t stream, std::size_t timestep);
  void stepGru(PackedLayer& layer, std::size_t stream, std::size_t timestep);
  void stepMinGru(PackedLayer& layer, std::size_t stream, std::size_t timestep);
  PackedGates inputGatesOf(PackedLayer& layer, std::size_t stream, std::size_t timestep) const;
  PackedGates gatesOf(PackedLayer& layer, std::size_t stream, std::size_t timestep) const;
  RowNormaliser normaliserOf(const PackedLayer& layer, const float* product, std::size_t columns) const;
  void multiply(const PackedMatrix& matrix, const float* x, float* y) const;
  void output(float* logits) const;

  const PackedCompute& compute_;
  std::size_t batch_;
  bool symbols_;
  Buffer table_;  // [symbols, columns]
  std::size_t tableRows_ = 0;
  std::size_t tableColumns_ = 0;
  std::vector<std::unique_ptr<PackedLayer>> layers_;
  PackedMatrix output_;
  PackedConstant bias_;
  Buffer recurrentProduct_;
  Buffer inputProduct_;
  Buffer units_;
  Buffer levels_;
  Buffer tables_;
};

}  // namespace tritloom
