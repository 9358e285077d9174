#include "packed_network.h"

#include <algorithm>
#include <cstring>

namespace tritloom {

PackedNetwork::PackedNetwork(const PackedCompute& compute, std::size_t batch, bool symbols)
    : compute_(compute), batch_(batch), symbols_(symbols) {}

void PackedNetwork::setTable(const float* values, std::size_t rows, std::size_t columns) {
  table_ = Buffer(rows * columns + kPackedSlack);
  tableRows_ = rows;
  tableColumns_ = columns;
  std::memcpy(table_.data(), values, rows * columns * sizeof(float));
}

PackedLayer& PackedNetwork::addLayer(const PackedLayerShape& shape) {
  // The network owns the layer before it allocates: no destructor is called where WebAssembly's memory runs out.
  layers_.reserve(layers_.size() + 1);
  layers_.push_back(std::make_unique<PackedLayer>());
  PackedLayer* const layer = layers_.back().get();
  const std::size_t split = shape.cell == PackedCell::gru && shape.resetBefore ? shape.units : 0;
  layer->shape = shape;
  layer->input = PackedMatrix(compute_, shape.inputs, shape.gates() * shape.units, symbols_ && layers_.size() == 1 && tableRows_ == 0);
  layer->recurrent = PackedMatrix(compute_, shape.units, shape.recurrentColumns() - split, false);
  layer->candidate = PackedMatrix(compute_, shape.units, split, false);
  layer->hidden = Buffer(batch_ * shape.units + kPackedSlack);
  layer->cell = Buffer(shape.cell == PackedCell::lstm ? batch_ * shape.units + kPackedSlack : 0);
  return *layer;
}

void PackedNetwork::setOutput(std::size_t columns, const float* bias) {
  output_ = PackedMatrix(compute_, layers_.back()->shape.units, columns, false);
  bias_.set(bias, 1, columns);
}

template <typename Apply>
void PackedNetwork::applyTo(std::size_t matrix, Apply apply) {
  PackedLayer& layer = *layers_.back();
  if (matrix == 1 && layer.candidate.columns() > 0) {
    const std::size_t stride = layer.recurrent.columns() + layer.candidate.columns();
    apply(layer.recurrent, stride, 0);
    apply(layer.candidate, stride, layer.recurrent.columns());
    return;
  }
  PackedMatrix& chosen = matrix == 0 ? layer.input : matrix == 1 ? layer.recurrent : output_;
  apply(chosen, chosen.columns(), 0);
}

void PackedNetwork::addPlane(std::size_t matrix, const std::uint8_t* positive, const std::uint8_t* negative,
                             const float* scales, bool scalePerColumn) {
  applyTo(matrix, [&](PackedMatrix& to, std::size_t stride, std::size_t firstColumn) {
    to.addPlane({positive, negative, to.rows(), to.columns(), stride}, scales, scalePerColumn, firstColumn);
  });
}

void PackedNetwork::setValues(std::size_t matrix, const float* values) {
  applyTo(matrix, [&](PackedMatrix& to, std::size_t stride, std::size_t firstColumn) {
    to.setValues(values, stride, firstColumn);
  });
}

void PackedNetwork::allocateWork() {
  std::size_t columns = output_.columns();
  std::size_t rows = 0;
  for (const auto& layer : layers_) {
    columns = std::max(columns, layer->shape.gates() * layer->shape.units);
    rows = std::max({rows, layer->shape.inputs, layer->shape.units});
  }
  recurrentProduct_ = Buffer(columns + kPackedSlack);
  inputProduct_ = Buffer(columns + kPackedSlack);
  units_ = Buffer(rows + kPackedSlack);
  levels_ = Buffer(packedLevels(rows));
  tables_ = Buffer(compute_.tableBytes(rows) / sizeof(float) + 1);
}

void PackedNetwork::multiply(const PackedMatrix& matrix, const float* x, float* y) const {
  matrix.multiply(x, y, levels_.data(), reinterpret_cast<std::uint8_t*>(tables_.data()));
}

void PackedNetwork::inputProduct(std::size_t index, std::size_t stream, const std::int32_t* symbols, const float* values) {
  const PackedMatrix& matrix = layers_[index]->input;
  float* y = inputProduct_.data();
  if (index > 0) {
    const PackedLayer& below = *layers_[index - 1];
    multiply(matrix, below.hidden.data() + stream * below.shape.units, y);
  } else if (!symbols_) {
    multiply(matrix, values + stream * matrix.rows(), y);
  } else if (tableRows_ > 0) {
    multiply(matrix, table_.data() + static_cast<std::size_t>(symbols[stream]) * tableColumns_, y);
  } else {
    matrix.row(static_cast<std::size_t>(symbols[stream]), y);
  }
}

RowNormaliser PackedNetwork::normaliserOf(const PackedLayer& layer, const float* product, std::size_t columns) const {
  return compute_.rowNormaliser(layer.shape.normalisation, product, columns, layer.shape.epsilon);
}

/** What the input alone has a part in. */
PackedGates PackedNetwork::inputGatesOf(PackedLayer& layer, std::size_t stream, std::size_t timestep) const {
  PackedGates gates{};
  gates.units = layer.shape.units;
  gates.input = inputProduct_.data();
  gates.ofInput = normaliserOf(layer, gates.input, layer.input.columns());
  gates.gainInput = layer.gainInput.at(timestep);
  gates.shift = layer.shift.at(timestep);
  gates.hidden = layer.hidden.data() + stream * layer.shape.units;
  gates.zoneoutHidden = layer.shape.zoneoutHidden;
  return gates;
}

PackedGates PackedNetwork::gatesOf(PackedLayer& layer, std::size_t stream, std::size_t timestep) const {
  PackedGates gates = inputGatesOf(layer, stream, timestep);
  multiply(layer.recurrent, gates.hidden, recurrentProduct_.data());
  gates.recurrent = recurrentProduct_.data();
  gates.ofRecurrent = normaliserOf(layer, gates.recurrent, layer.recurrent.columns());
  gates.gainRecurrent = layer.gainRecurrent.at(timestep);
  return gates;
}

void PackedNetwork::stepLstm(PackedLayer& layer, std::size_t stream, std::size_t timestep) {
  PackedLstmCall call{};
  call.gates = gatesOf(layer, stream, timestep);
  call.gainCell = layer.gainCell.at(timestep);
  call.shiftCell = layer.shiftCell.at(timestep);
  call.cell = layer.cell.data() + stream * layer.shape.units;
  call.newCell = units_.data();
  call.zoneoutCell = layer.shape.zoneoutCell;
  call.cellNormalisation = layer.shape.cellNormalisation;
  call.epsilon = layer.shape.epsilon;
  compute_.lstm(call);
}

void PackedNetwork::stepGru(PackedLayer& layer, std::size_t stream, std::size_t timestep) {
  PackedGruCall call{};
  call.gates = gatesOf(layer, stream, timestep);
  call.shiftReset = layer.shiftReset.at(timestep);
  call.resetHidden = units_.data();
  compute_.gruGates(call);
  RowNormaliser ofCandidate = call.gates.ofRecurrent;
  if (layer.shape.resetBefore) {
    float* product = call.gates.recurrent + 2 * layer.shape.units;
    multiply(layer.candidate, call.resetHidden, product);
    ofCandidate = normaliserOf(layer, product, layer.shape.units);
  }
  compute_.gruState(call, ofCandidate, layer.shape.resetBefore);
}

void PackedNetwork::stepMinGru(PackedLayer& layer, std::size_t stream, std::size_t timestep) {
  compute_.minGru(inputGatesOf(layer, stream, timestep));
}

void PackedNetwork::step(const std::int32_t* symbols, const float* values, std::size_t timestep) {
  constexpr void (PackedNetwork::*steps[])(PackedLayer&, std::size_t, std::size_t) = {
      &PackedNetwork::stepLstm, &PackedNetwork::stepGru, &PackedNetwork::stepMinGru};
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    PackedLayer& layer = *layers_[index];
    const auto stepCell = steps[static_cast<std::size_t>(layer.shape.cell)];
    for (std::size_t stream = 0; stream < batch_; ++stream) {
      inputProduct(index, stream, symbols, values);
      (this->*stepCell)(layer, stream, timestep);
    }
  }
}

void PackedNetwork::output(float* logits) const {
  const PackedLayer& top = *layers_.back();
  const std::size_t columns = output_.columns();
  for (std::size_t stream = 0; stream < batch_; ++stream, logits += columns) {
    float* product = recurrentProduct_.data();
    multiply(output_, top.hidden.data() + stream * top.shape.units, product);
    for (std::size_t column = 0; column < columns; ++column) {
      logits[column] = product[column] + bias_.at(0)[column];
    }
  }
}

void PackedNetwork::read(const std::int32_t* symbols, const float* values, std::size_t timesteps, std::size_t firstTimestep,
                         bool every, float* logits) {
  const std::size_t inputs = layers_.front()->shape.inputs;
  for (std::size_t t = 0; t < timesteps; ++t) {
    step(symbols_ ? symbols + t * batch_ : nullptr, symbols_ ? nullptr : values + t * batch_ * inputs, firstTimestep + t);
    if (every) {
      output(logits + t * batch_ * output_.columns());
    }
  }
  if (!every) {
    output(logits);
  }
}

std::size_t PackedNetwork::bytes() const {
  std::size_t total = output_.bytes() + bias_.bytes() + tableRows_ * tableColumns_ * sizeof(float);
  for (const auto& layer : layers_) {
    total += layer->input.bytes() + layer->recurrent.bytes() + layer->candidate.bytes();
    for (const PackedConstant* constant : {&layer->gainInput, &layer->gainRecurrent, &layer->shift, &layer->gainCell,
                                           &layer->shiftCell, &layer->shiftReset}) {
      total += constant->bytes();
    }
  }
  return total;
}

}  // namespace tritloom
