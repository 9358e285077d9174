package some_rom is
end package some_rom;
