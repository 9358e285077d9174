#include <cstring>

#include "packed_network.h"

namespace tritloom {

namespace {

constexpr std::size_t kSlackBytes = 4 * kPackedSlack;

std::size_t floatsFor(std::size_t bytes) { return (bytes + kSlackBytes + sizeof(float) - 1) / sizeof(float); }

/** One bit a weight, row by row. */
void packRows(const std::uint8_t* bits, std::size_t rows, std::size_t columns, std::uint8_t* codes) {
  const std::size_t rowBytes = packedRowWords(columns) * sizeof(std::uint32_t);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const unsigned bit = bits[row / 8 * columns + column] >> row % 8 & 1U;
      codes[row * rowBytes + column / 8] |= static_cast<std::uint8_t>(bit << column % 8);
    }
  }
}

}  // namespace

PackedMatrix::PackedMatrix(const PackedCompute& compute, std::size_t rows, std::size_t columns, bool byRows)
    : compute_(&compute), rows_(rows), columns_(columns), byRows_(byRows) {}

float* PackedMatrix::keep(std::size_t bytes) {
  // In this order nothing is lost where memory runs out and no destructor is called, as in WebAssembly.
  buffers_.reserve(buffers_.size() + 1);
  buffers_.emplace_back(floatsFor(bytes));
  bytes_ += bytes;
  return buffers_.back().data();
}

void PackedMatrix::addPlane(PackedBits bits, const float* scales, bool scalePerColumn, std::size_t firstColumn) {
  const bool ternary = bits.negative != nullptr;
  bits.positive += firstColumn;
  bits.negative = ternary ? bits.negative + firstColumn : nullptr;
  bits.columns = columns_;
  const std::size_t signBytes = rows_ * packedRowWords(columns_) * sizeof(std::uint32_t);
  const std::size_t codeBytes = byRows_ ? signBytes * (ternary ? 2 : 1) : compute_->planeBytes(rows_, columns_, ternary);
  auto* codes = reinterpret_cast<std::uint8_t*>(keep(codeBytes));
  if (byRows_) {
    packRows(bits.positive, rows_, columns_, codes);
    if (ternary) {
      packRows(bits.negative, rows_, columns_, codes + signBytes);
    }
  } else {
    compute_->packPlane(bits, codes);
  }
  const std::size_t scaleCount = scalePerColumn ? columns_ : 1;
  float* kept = keep(scaleCount * sizeof(float));
  std::memcpy(kept, scales + (scalePerColumn ? firstColumn : 0), scaleCount * sizeof(float));
  planes_.push_back({ternary, scalePerColumn, codes, kept});
}

void PackedMatrix::setValues(const float* values, std::size_t stride, std::size_t firstColumn) {
  float* kept = keep(rows_ * columns_ * sizeof(float));
  if (byRows_) {
    std::memcpy(kept, values, rows_ * columns_ * sizeof(float));
  } else {
    compute_->packValues(values + firstColumn, rows_, columns_, stride, kept);
  }
  values_ = kept;
}

void PackedMatrix::multiply(const float* x, float* y, float* levels, std::uint8_t* tables) const {
  compute_->product({rows_, columns_, planes_.data(), planes_.size(), values_, x, y, levels, tables});
}

void PackedMatrix::row(std::size_t index, float* y) const {
  compute_->row({columns_, rows_, planes_.data(), planes_.size(), values_, index, y});
}

void PackedConstant::set(const float* from, std::size_t count, std::size_t width) {
  rows = count;
  columns = width;
  values = Buffer(rows * columns + kPackedSlack);
  std::memcpy(values.data(), from, rows * columns * sizeof(float));
}

}  // namespace tritloom
