#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "packed_network.h"

// What addonEngine.ts passes to packed inference, in its order; `Arguments` as in pass_arguments.h, with bytes() too.

namespace tritloom {

/** B, 1 where the input is symbols, table or null, its rows, its columns */
template <typename Arguments>
std::unique_ptr<PackedNetwork> makePacked(Arguments& arguments, const PackedCompute& compute) {
  const std::size_t batch = arguments.size();
  const bool symbols = arguments.size() == 1;
  auto network = std::make_unique<PackedNetwork>(compute, batch, symbols);
  const float* table = arguments.floats();
  const std::size_t rows = arguments.size();
  const std::size_t columns = arguments.size();
  if (table != nullptr) {
    network->setTable(table, rows, columns);
  }
  return network;
}

/**
 * I, H, number of the cell, 1 where the reset comes before, the normalisation, that of the cell, epsilon, zoneout of the
 * hidden state, of the cell, R, gain of the input, gain of the recurrence, shift, gain of the cell, shift of the cell,
 * shift of the reset; null for what the cell does not have
 */
template <typename Arguments>
void addLayer(PackedNetwork& network, Arguments& arguments) {
  PackedLayerShape shape{};
  shape.inputs = arguments.size();
  shape.units = arguments.size();
  shape.cell = static_cast<PackedCell>(arguments.size());
  shape.resetBefore = arguments.size() == 1;
  for (Normalisation* form : {&shape.normalisation, &shape.cellNormalisation}) {
    *form = static_cast<Normalisation>(arguments.size());
  }
  for (float* number : {&shape.epsilon, &shape.zoneoutHidden, &shape.zoneoutCell}) {
    *number = static_cast<float>(arguments.number());
  }
  PackedLayer& layer = network.addLayer(shape);
  const std::size_t rows = arguments.size();
  const auto readConstants = [&](std::initializer_list<PackedConstant*> constants, std::size_t columns) {
    for (PackedConstant* constant : constants) {
      const float* values = arguments.floats();
      if (values != nullptr) {
        constant->set(values, rows, columns);
      }
    }
  };
  readConstants({&layer.gainInput, &layer.gainRecurrent, &layer.shift}, shape.gates() * shape.units);
  readConstants({&layer.gainCell, &layer.shiftCell, &layer.shiftReset}, shape.units);
}

/** V, bias */
template <typename Arguments>
void setOutput(PackedNetwork& network, Arguments& arguments) {
  const std::size_t columns = arguments.size();
  network.setOutput(columns, arguments.floats());
}

/** matrix 0 | 1 | 2, positive, negative or null, scales, 1 where they are one per column */
template <typename Arguments>
void addPlane(PackedNetwork& network, Arguments& arguments) {
  const std::size_t matrix = arguments.size();
  const std::uint8_t* positive = arguments.bytes();
  const std::uint8_t* negative = arguments.bytes();
  const float* scales = arguments.floats();
  network.addPlane(matrix, positive, negative, scales, arguments.size() == 1);
}

/** matrix 0 | 1 | 2, values */
template <typename Arguments>
void setValues(PackedNetwork& network, Arguments& arguments) {
  const std::size_t matrix = arguments.size();
  network.setValues(matrix, arguments.floats());
}

/** symbols or null, values or null, T, first timestep, 1 for logits of every timestep, logits */
template <typename Arguments>
void read(PackedNetwork& network, Arguments& arguments) {
  const std::int32_t* symbols = arguments.integers();
  const float* values = arguments.floats();
  const std::size_t timesteps = arguments.size();
  const std::size_t first = arguments.size();
  const bool every = arguments.size() == 1;
  network.read(symbols, values, timesteps, first, every, arguments.floats());
}

/** layer, hidden, cell or null: copies between the arrays and the layer's state */
template <typename Arguments>
void copyState(PackedNetwork& network, Arguments& arguments, bool intoNetwork) {
  PackedLayer& layer = network.layer(arguments.size());
  const std::size_t count = network.batch() * layer.shape.units;
  for (Buffer* buffer : {&layer.hidden, &layer.cell}) {
    float* values = arguments.floats();
    if (values != nullptr) {
      float* state = buffer->data();
      std::copy_n(intoNetwork ? values : state, count, intoNetwork ? state : values);
    }
  }
}

}  // namespace tritloom
