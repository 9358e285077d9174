static const float some[2] = {
    0.5f,
    -1.0f,
};
